"""A Typer group that knows its commands from a table and imports one when it is used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from farmctl.cli.commands import COMMANDS, CommandRow


class FarmGroup(TyperGroup):
    """All of `farmctl`'s commands: listed from the table, loaded when resolved."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**{**attrs, "commands": {row.name: _listed(row) for row in COMMANDS}})

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the group's own signature
        """Return the names in the table's order."""
        return [row.name for row in COMMANDS]

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        """Return the real command in place of its stand-in."""
        name, command, rest = super().resolve_command(ctx, args)
        row = next((each for each in COMMANDS if each.name == name), None)
        return name, command if row is None else load(row), rest


def load(row: CommandRow) -> Any:
    """Import a command's module and return the command made from its Typer app.

    A module of one verb has one command; a module of several verbs (`steer`) has each by name; a
    noun's module (`order`) is a group.
    """
    app: typer.Typer = import_module(f"farmctl.cli.{row.module}").app
    group: Any = typer.main.get_group(app)
    command = group.commands.get(row.name, group)
    command.name = row.name
    _keep_brackets(command)
    return command


def _keep_brackets(command: Any) -> None:
    """Let `[what is loaded]` in a help text be read as it stands, not as Rich's markup."""
    for each in command.params:
        if getattr(each, "help", None):
            each.help = each.help.replace("[", r"\[")
    for each in getattr(command, "commands", {}).values():
        _keep_brackets(each)


def _listed(row: CommandRow) -> TyperCommand:
    return TyperCommand(row.name, help=row.summary, rich_help_panel=row.group)
