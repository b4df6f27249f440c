"""What can be wrong with a file, each with a code that stays, what it means and how to mend it."""

from __future__ import annotations

from msgspec import Struct

from farmctl.model.diagnostics import Severity


class Rule(Struct, frozen=True):
    """One thing that a file must not do."""

    meaning: str
    mend: str
    severity: Severity = Severity.ERROR


RULES: dict[str, Rule] = {
    "no-extrusion": Rule(
        "the file lays nothing down: the bed would stay empty and the print count as made",
        "look at the model and the settings that it was sliced with",
    ),
    "outside-bed": Rule(
        "filament is laid down beside the bed, where nothing holds it",
        "place the part on the bed; a purge line belongs into start g-code, near the bed",
    ),
    "outside-margin": Rule(
        "the tool travels further outside the bed than machines of the class are said to reach",
        "correct the move, which is in the custom g-code of the class or the profile",
        Severity.WARNING,
    ),
    "above-height": Rule(
        "filament is laid down higher than the machine can print",
        "turn or split the part, or use a higher class",
    ),
    "below-bed": Rule(
        "the tool is driven into the bed",
        "correct Z in the custom g-code, or the Z offset of the profile",
    ),
    "nozzle-too-hot": Rule(
        "a nozzle target is above what the class allows",
        "lower the temperature in the profile, or `max_c` of the class is wrong",
    ),
    "bed-too-hot": Rule(
        "a bed target is above what the class allows",
        "lower the temperature in the profile, or `max_c` of the class is wrong",
    ),
    "malformed-command": Rule(
        "a command cannot be read: firmware stops the print there, or guesses",
        "correct the line in the custom g-code that it comes from",
    ),
    "placeholder-left": Rule(
        "a placeholder of the slicer was left as it is written, so the printer gets it as text",
        "correct its name in the custom g-code",
    ),
    "forbidden-command": Rule(
        "a command changes more than this print: the machine's settings, files, power or host",
        "take it out of the custom g-code",
    ),
}
"""All codes."""

FORBIDDEN: dict[str, str] = {
    "M23": "chooses another file to print",
    "M24": "starts the file that is chosen",
    "M28": "writes a file onto the printer",
    "M30": "deletes a file on the printer",
    "M32": "starts another file",
    "M81": "switches the power off",
    "M112": "is the emergency stop",
    "M303": "tunes a heater",
    "M500": "stores the machine's settings",
    "M502": "resets the machine's settings",
    "M504": "checks and may reset the machine's settings",
    "M928": "writes a file onto the printer",
    "M997": "changes the firmware",
    "M999": "restarts the firmware",
    "FIRMWARE_RESTART": "restarts the firmware",
    "FORCE_MOVE": "moves past the machine's limits",
    "MPC_CALIBRATE": "tunes a heater",
    "PID_CALIBRATE": "tunes a heater",
    "RESTART": "restarts Klipper",
    "RUN_SHELL_COMMAND": "runs a program on the printer's host",
    "SAVE_CONFIG": "stores the machine's settings and restarts Klipper",
    "SDCARD_PRINT_FILE": "starts another file",
    "SDCARD_RESET_FILE": "ends the print",
    "SET_KINEMATIC_POSITION": "makes the machine believe that it is elsewhere",
    "Z_OFFSET_APPLY_ENDSTOP": "changes the machine's settings",
    "Z_OFFSET_APPLY_PROBE": "changes the machine's settings",
}
"""Commands that no print needs, and what each does (Marlin, Klipper, Kalico)."""


class Finding(Struct, frozen=True, order=True):
    """One thing that is wrong with a file; `line` is the first place, 0 for the whole file."""

    line: int
    code: str
    message: str

    @property
    def severity(self) -> Severity:
        """Return whether it stops the file from being sent."""
        return RULES[self.code].severity

    @property
    def mend(self) -> str:
        """Return what to change."""
        return RULES[self.code].mend
