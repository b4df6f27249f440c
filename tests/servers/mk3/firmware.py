"""What the firmware of an MK3S says to each line, and what its panel does.

Lines are carried out one after the other; each is confirmed by `ok` when the next may come.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.servers.mk3.eeprom import Eeprom
from tests.servers.mk3.heaters import Heaters
from tests.servers.mk3.motion import Motion

VERSION = "3.14.0-8094"
_NUMBERED = re.compile(r"^N\d+ *(.*?)\*\d+$")
_BUSY_EVERY_S, _HEATING_EVERY_S = 2.0, 1.0
_SETTLE_S = 2.0
_MODES = ("NORMAL", "SILENT")

Waits = Iterator[bool]
"""Whether a command is done, asked again and again."""


class Firmware:
    """One machine from power-on to power-off.

    Args:
        say: Sends a line to the host.
        clock: Returns seconds of the machine's own time.
        serial: Its serial number.
        folder: Where its EEPROM is kept, `starts` with a line for each print that began, and
            `timer`: whether its print timer runs.
    """

    def __init__(
        self, say: Callable[[str], None], clock: Callable[[], float], serial: str, folder: Path
    ) -> None:
        self._say, self._clock, self._serial = say, clock, serial
        self._starts, self._timer = folder / "starts", folder / "timer"
        self._eeprom = Eeprom(folder / "eeprom")
        self._before = clock()
        self.reset(is_told=False)

    def reset(self, *, is_told: bool = True) -> None:
        """Press the reset button: all is forgotten but the EEPROM."""
        self.heaters, self.motion = Heaters(), Motion()
        self._lines: deque[str] = deque()
        self._under_way: Waits | None = None
        self._is_killed = False
        self._timer.write_text("stopped")
        self._percent, self._minutes = -1, -1
        self._report_every_s, self._report_at = 0.0, 0.0
        if is_told:
            self._say("start")

    def take(self, line: str) -> None:
        """Take one line of the host."""
        self._lines.append(line)

    def pause(self) -> None:
        """Choose `Pause print` on the panel."""
        self._say("// action:paused")

    def resume(self) -> None:
        """Choose `Resume print` on the panel."""
        self._say("// action:resumed")

    def stop(self) -> None:
        """Choose `Stop print` on the panel."""
        self._timer.write_text("stopped")
        self.heaters.wanted.update(T=0.0, B=0.0)
        self._say("// action:cancel")

    def tick(self) -> None:
        """Do what time and the host's lines ask for."""
        now = self._clock()
        self.heaters.pass_time(now - self._before)
        self._before = now
        hot = self.heaters.too_hot()
        if hot is not None and not self._is_killed:
            self._kill(hot)
        while not self._is_killed and self._is_next():
            self._under_way = self._obey(_plain(self._lines.popleft()))
        if self._report_every_s and now >= self._report_at and not self._is_killed:
            self._report_at = now + self._report_every_s
            self._say(self.heaters.report())
            self._say(self.motion.report())
            self._say("E0:0 RPM PRN1:0 RPM E0@:0 PRN1@:0")

    def _is_next(self) -> bool:
        if self._under_way is not None:
            if not next(self._under_way, True):
                return False
            self._under_way = None
            self._say("ok")
        return bool(self._lines)

    def _kill(self, hot: str) -> None:
        self._is_killed = True
        self.heaters.wanted.update(T=0.0, B=0.0)
        self._lines.clear()
        bed = "BED " if hot == "B" else ""
        self._say(f"Error:0: Heaters switched off. MAXTEMP {bed}triggered!")
        self._say("Error:Printer halted. kill() called!")

    def _obey(self, line: str) -> Waits:
        words = line.split()
        code = words[0] if words else ""
        if line.startswith("PRUSA"):
            self._say({"PRUSA Fir": VERSION, "PRUSA SN": self._serial}.get(line, "unknown"))
        elif code == "D3":
            for each in self._eeprom.answer(line):
                self._say(each)
        else:
            number = {word[0]: _number(word[1:]) for word in words[1:]}
            waits = getattr(self, f"_{code.replace('.', '_').lower()}", None)
            if waits is not None:
                return waits(number) or iter([True])
        return iter([True])

    def _until(self, seconds: float) -> Waits:
        """Wait, and say every two seconds that it is not dead."""
        said_at = self._clock()
        while self._clock() < seconds:
            if self._clock() >= said_at + _BUSY_EVERY_S:
                said_at = self._clock()
                self._say("echo:busy: processing")
            yield False

    def _heat(self, name: str, celsius: float) -> Waits:
        self.heaters.wanted[name] = celsius
        said_at = self._clock()
        while not self.heaters.is_there(name):
            if self._clock() >= said_at + _HEATING_EVERY_S:
                said_at = self._clock()
                self._say(self.heaters.waiting())
            yield False

    def _g0(self, to: dict[str, float]) -> Waits:
        self.motion.move(to, self._clock())
        return self._until(self.motion.room_at(self._clock()))

    _g1 = _g0

    def _g4(self, said: dict[str, float]) -> Waits:
        now = self._clock()
        seconds = said.get("S", 0.0) + said.get("P", 0.0) / 1000
        return self._until(self.motion.ends_at(now) + seconds)

    def _g28(self, _said: dict[str, float]) -> Waits:
        self.motion.home(self._clock(), 4.0)
        return self._until(self.motion.ends_at(self._clock()))

    def _g90(self, _said: dict[str, float]) -> None:
        self.motion.be_relative(is_relative=False)

    def _g91(self, _said: dict[str, float]) -> None:
        self.motion.be_relative(is_relative=True)

    def _g92(self, to: dict[str, float]) -> None:
        self.motion.set(to)

    def _m400(self, _said: dict[str, float]) -> Waits:
        # PrusaLink sends it first of all at a start, and has not yet noted what it prints: where
        # the answer comes quicker than over a serial line, it breaks for good.
        return self._until(self.motion.ends_at(self._clock()) + _SETTLE_S)

    def _m20(self, _said: dict[str, float]) -> None:
        self._say("Begin file list")
        self._say("End file list")

    def _m21(self, _said: dict[str, float]) -> None:
        self._say("echo:SD init fail")

    def _m27(self, _said: dict[str, float]) -> None:
        self._say("Not SD printing")

    def _m73(self, said: dict[str, float]) -> None:
        self._percent = int(said.get("P", self._percent))
        self._minutes = int(said.get("R", self._minutes))
        for mode in _MODES:
            self._say(
                f"{mode} MODE: Percent done: {self._percent}; print time remaining in mins: "
                f"{self._minutes}; Change in mins: -1"
            )

    def _m75(self, _said: dict[str, float]) -> None:
        """Start the print timer, or go on with it."""
        if self._timer.read_text() == "stopped":
            with self._starts.open("a") as starts:
                starts.write("start\n")
        self._timer.write_text("runs")

    def _m77(self, _said: dict[str, float]) -> None:
        self._timer.write_text("stopped")

    def _m104(self, said: dict[str, float]) -> None:
        self.heaters.wanted["T"] = said.get("S", 0.0)

    def _m109(self, said: dict[str, float]) -> Waits:
        return self._heat("T", said.get("S", 0.0))

    def _m140(self, said: dict[str, float]) -> None:
        self.heaters.wanted["B"] = said.get("S", 0.0)

    def _m190(self, said: dict[str, float]) -> Waits:
        return self._heat("B", said.get("S", 0.0))

    def _m105(self, _said: dict[str, float]) -> None:
        self._say(self.heaters.report())

    def _m114(self, _said: dict[str, float]) -> None:
        self._say(self.motion.report())

    def _m155(self, said: dict[str, float]) -> None:
        self._report_every_s = said.get("S", 0.0)

    def _m220(self, said: dict[str, float]) -> None:
        if not said:
            self._say("100%")

    _m221 = _m220

    def _m420(self, _said: dict[str, float]) -> None:
        self._say("Mesh bed leveling not active.")

    def _m601(self, _said: dict[str, float]) -> Waits:
        yield from self._until(self.motion.ends_at(self._clock()))
        self._say("// action:paused")

    def _m602(self, _said: dict[str, float]) -> None:
        self._say("// action:resumed")

    def _m603(self, _said: dict[str, float]) -> None:
        self.stop()

    def _m862_1(self, _said: dict[str, float]) -> None:
        self._say("0.40")

    def _m862_2(self, _said: dict[str, float]) -> None:
        self._say("302")


def _plain(line: str) -> str:
    """Return a line without its number, check sum and comment."""
    numbered = _NUMBERED.match(line)
    return (numbered[1] if numbered else line).partition(";")[0].strip()


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
