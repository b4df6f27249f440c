"""Every command, with its group and one line of help: the table that `--help` is made from.

A command's module is imported when the command is used, so that `--help` and `status` start fast.
"""

from __future__ import annotations

from msgspec import Struct


class CommandRow(Struct, frozen=True):
    """One command.

    Args:
        name: What is typed.
        group: Its heading in `--help`.
        module: Where it lives under `farmctl.cli`; its `app` is a Typer app.
        summary: One line.
    """

    name: str
    group: str
    module: str
    summary: str


_MAKE = "Make things"
_FLOOR = "On the shop floor"
_LOOK = "Look and ask why"
_ENGINEER = "Engineer the farm"

COMMANDS: tuple[CommandRow, ...] = (
    CommandRow("init", _MAKE, "init", "Make a farm: a git repository with a policy."),
    CommandRow("demo", _MAKE, "demo", "Run a small virtual farm to its end, in a new folder."),
    CommandRow("order", _MAKE, "order", "Add, change, cancel and list orders."),
    CommandRow("commit", _MAKE, "commit", "Check the farm's documents and commit them."),
    CommandRow("plan", _MAKE, "plan", "Show what would be done, and why; touches nothing."),
    CommandRow("apply", _MAKE, "apply", "Do what `plan` shows."),
    CommandRow("run", _MAKE, "run", "Keep the farm going: look, decide, act, until stopped."),
    CommandRow("status", _MAKE, "status", "What needs you, what prints, what waits."),
    CommandRow("explain", _MAKE, "explain", "Why is this so? An order, print, printer, decision."),
    CommandRow("clear", _FLOOR, "clear", "Say that a bed is empty, and how the parts are."),
    CommandRow("load", _FLOOR, "load", "Say what material is in a printer."),
    CommandRow("hold", _FLOOR, "hold", "Let nothing start: a printer, profile, order or all."),
    CommandRow("unhold", _FLOOR, "hold", "Lift a hold."),
    CommandRow("pause", _FLOOR, "steer", "Pause a print."),
    CommandRow("resume", _FLOOR, "steer", "Go on with a paused print."),
    CommandRow("abort", _FLOOR, "abort", "End a print, or all with a profile version."),
    CommandRow("exclude", _FLOOR, "exclude", "Leave a failing part out of a print that goes on."),
    CommandRow("outcome", _FLOOR, "outcome", "Say how the parts of a print are."),
    CommandRow("reprint", _FLOOR, "reprint", "Make failed parts again."),
    CommandRow("resolve", _FLOOR, "resolve", "Say what became of a print that nobody can see."),
    CommandRow("approve", _FLOOR, "approve", "Say yes to a build plan or a print."),
    CommandRow("get", _LOOK, "get", "List orders, plans, prints, printers, decisions, …"),
    CommandRow("describe", _LOOK, "describe", "Everything about one thing."),
    CommandRow("events", _LOOK, "events", "What happened, from the journal."),
    CommandRow("sql", _LOOK, "sql", "Ask DuckDB about the farm's history."),
    CommandRow("drift", _LOOK, "drift", "Which machines are not as the farm says."),
    CommandRow("doctor", _LOOK, "doctor", "Check slicers, printers, ledger and limits."),
    CommandRow("validate", _ENGINEER, "validate", "Check the farm's documents."),
    CommandRow("schema", _ENGINEER, "schema", "Print the JSON Schema of a document."),
    CommandRow("preflight", _ENGINEER, "preflight", "Check models before they are ordered."),
    CommandRow("slice", _ENGINEER, "slice", "Slice a model or an order's item, and prove it."),
    CommandRow("profile", _ENGINEER, "profile", "Import, compare, release and stop profiles."),
    CommandRow(
        "golden", _ENGINEER, "golden", "The parts that changes of profiles are measured on."
    ),
    CommandRow("ci", _ENGINEER, "ci", "What a change does to prints, before it is merged."),
    CommandRow("slicer", _ENGINEER, "slicer", "Pin the slicer that makes the g-code."),
    CommandRow("printer", _ENGINEER, "printer", "Add and remove printers."),
    CommandRow("ledger", _ENGINEER, "ledger", "Verify, rebuild, restore the ledger."),
    CommandRow("takeover", _ENGINEER, "takeover", "Act from this host, when the old one is gone."),
    CommandRow("sim", _ENGINEER, "sim", "Make things go wrong, on virtual printers or in a box."),
    CommandRow("artifact", _ENGINEER, "artifact", "Look at stored bytes and where they came from."),
)
