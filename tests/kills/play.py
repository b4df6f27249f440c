"""One farm whose controller is killed and frozen at random moments, until enough was survived."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from farmctl.model.states import OrderPhase, RunPhase
from tests.kills.controller import Controller, Ended, is_refused_beside
from tests.kills.evidence import Evidence, Fact, kind, violations
from tests.kills.figures import Figures
from tests.kills.floor import Machine, Person
from tests.loop.shell import type_in

KILLED = -9
_ON_THE_WAY = (RunPhase.UPLOADING, RunPhase.STAGED, RunPhase.STARTING)
_STARTS_IN_S = 0.6


@dataclass(frozen=True)
class Script:
    """How one farm is treated.

    Args:
        seed: What the dice start from.
        kills: How often its controller is killed.
        life_s: How long a controller acts at most before that.
        newborn: How many lives end before the controller acts, within `newborn_s`.
        near_start: How many of the others end while something is on its way to start.
        frozen: How many of the others stand still in between, mostly within `frozen_s`.
        stirred: Before how many lives something goes wrong between farm and machines.
        look_every_s: How often the person comes by.
        within_s: How long it may take in the end until all is made.
        most_parts: How many an order wants at most.
    """

    seed: int
    kills: int
    life_s: float = 1.2
    newborn: float = 0.15
    newborn_s: float = 0.8
    near_start: float = 0.0
    frozen: float = 0.35
    frozen_s: float = 0.3
    stirred: float = 0.3
    look_every_s: float = 0.03
    within_s: float = 120.0
    most_parts: int = 6


@dataclass(frozen=True)
class Place:
    """A farm to be treated so.

    Args:
        folder: Its git repository.
        machines: By printer.
        order: Commits another order: its number and quantity; returns its name.
        stir: Lets something go wrong between farm and machines.
        asked: Returns the starts that a proxy saw, or None without one.
        clear_up: Lets nothing go wrong any more.
    """

    folder: Path
    machines: Mapping[str, Machine]
    order: Callable[[int, int], str]
    stir: Callable[[Random], None]
    asked: Callable[[], tuple[str, ...] | None] = lambda: None
    clear_up: Callable[[], None] = lambda: None


class Play:
    """Treats one farm as its script says.

    Args:
        place: Where.
        script: How.
        ordered: What is ordered already: parts by order.
    """

    def __init__(self, place: Place, script: Script, ordered: Mapping[str, int]) -> None:
        self._place = place
        self._script = script
        self._dice = Random(script.seed)
        self._ordered = dict(ordered)
        self._person = Person(place.folder, place.machines)
        self._figures = Figures()
        self._complaints: list[str] = []
        self._told: list[tuple[str, str]] = []
        self._lives = 0
        self._deaths: list[int] = []

    def run(self) -> Figures:
        """Kill so often, let the farm come to rest, and return what came of it."""
        began = time.monotonic()
        while self._figures.kills < self._script.kills:
            self._live_and_die()
        self._come_to_rest()
        figures = self._sum_up(self._evidence())
        figures.seconds = time.monotonic() - began
        return figures

    def _live_and_die(self) -> None:
        if self._happens(self._script.stirred):
            self._place.stir(self._dice)
        controller = self._new_controller()
        if self._happens(self._script.newborn):
            time.sleep(self._dice.uniform(0, self._script.newborn_s))
        else:
            self._await_tenure(controller)
            self._live(controller)
        self._took(controller.kill(), KILLED)
        self._deaths.append(self._person.noted[-1].seq)
        self._figures.kills += 1

    def _live(self, controller: Controller) -> None:
        if self._happens(self._script.near_start):
            self._work_until_a_start(controller)
        else:
            self._work(controller, self._dice.uniform(0, self._script.life_s))
        if self._happens(self._script.frozen):
            self._freeze(controller)
            self._work(controller, self._dice.uniform(0, self._script.life_s / 2))

    def _happens(self, share: float) -> bool:
        return self._dice.random() < share

    def _order(self) -> None:
        """Keep all machines busy."""
        begun = self._person.state.counts.run
        if sum(self._ordered.values()) - begun < 2 * len(self._place.machines):
            quantity = self._dice.randint(1, self._script.most_parts)
            with suppress(subprocess.CalledProcessError):  # git is locked just now: next time
                order = self._place.order(len(self._ordered) + 1, quantity)
                self._ordered[order] = quantity

    def _new_controller(self) -> Controller:
        self._lives += 1
        log = self._place.folder.parent / f"{self._place.folder.name}-{self._lives}.log"
        return Controller(self._place.folder, log)

    def _await_tenure(self, controller: Controller) -> None:
        """Return when a controller has begun to act, or ended."""
        while controller.is_alive and not self._acts(controller):
            time.sleep(self._script.look_every_s)

    def _acts(self, controller: Controller) -> bool:
        begun = self._person.state.controller
        return begun is not None and begun.pid == controller.pid

    def _work(self, controller: Controller, seconds: float) -> None:
        """Let a controller work with a person beside it."""
        end = time.monotonic() + seconds
        while controller.is_alive and (left_s := end - time.monotonic()) > 0:
            self._order()
            self._person.come_by()
            time.sleep(min(left_s, self._script.look_every_s))

    def _work_until_a_start(self, controller: Controller) -> None:
        """Let it work until something is on its way to start, and a moment longer."""
        end = time.monotonic() + self._script.life_s
        while time.monotonic() < end and not self._is_about_to_start():
            self._work(controller, self._script.look_every_s / 4)
        time.sleep(self._dice.uniform(0, _STARTS_IN_S))

    def _is_about_to_start(self) -> bool:
        return any(run.phase in _ON_THE_WAY for run in self._person.state.runs.values())

    def _freeze(self, controller: Controller) -> None:
        """Stop it for a while: sometimes with a second one beside it, sometimes for long."""
        controller.freeze()
        self._figures.freezes += 1
        match self._dice.randrange(12):
            case 0:
                if not is_refused_beside(self._place.folder):
                    self._complaints.append("a second controller was let in beside a frozen one")
            case 1:
                time.sleep(6.0)  # longer than a guard holds: what it was about to send, it must not
            case _:
                time.sleep(self._dice.uniform(0, self._script.frozen_s))
        controller.thaw()

    def _took(self, ended: Ended, code: int) -> None:
        """Take in how a controller ended."""
        self._told += ended.told
        if ended.code != code or "Traceback" in ended.said:
            self._complaints.append(f"a controller ended with {ended.code}: {ended.said[-2000:]}")
        self._person.note()

    def _come_to_rest(self) -> None:
        """Let one controller live until all is made."""
        self._place.clear_up()
        controller = self._new_controller()
        self._await_tenure(controller)
        deadline = time.monotonic() + self._script.within_s
        while controller.is_alive and not self._is_all_made() and time.monotonic() < deadline:
            self._person.come_by()
            time.sleep(self._script.look_every_s)
        self._took(controller.stop(), 0)

    def _is_all_made(self) -> bool:
        state = self._person.state
        is_open = any(each.phase is not OrderPhase.FULFILLED for each in state.orders.values())
        over = all(run.phase.is_over for run in state.runs.values())
        return over and not is_open and len(state.orders | state.closed) == len(self._ordered)

    def _evidence(self) -> Evidence:
        place, person = self._place, self._person
        starts = [each for name in place.machines for each in place.machines[name].starts()]
        damage = [person.damage] if person.damage else []
        return Evidence(
            facts=journal_of(place.folder),
            starts=tuple(starts),
            taken_off=tuple(person.taken_off),
            noted=tuple(person.noted),
            told=tuple(self._told),
            ordered=self._ordered,
            asked=place.asked(),
            complaints=(*self._complaints, *damage, *verifiers_say(place.folder)),
        )

    def _sum_up(self, seen: Evidence) -> Figures:
        kinds = {each["seq"]: kind(each) for each in seen.facts}
        figures = self._figures
        figures.starts, figures.orders = len(seen.starts), len(self._ordered)
        figures.parts = sum(self._ordered.values())
        figures.voids = len(seen.of("run.voided"))
        figures.unknown = len(seen.of("run.start_unknown"))
        figures.died_after.update(kinds[seq] for seq in self._deaths if seq in kinds)
        figures.violations = violations(seen)
        return figures


def journal_of(folder: Path) -> tuple[Fact, ...]:
    """Return the events of a farm's journal, read as plain lines."""
    lines: list[dict[str, Any]] = [
        json.loads(line)
        for path in sorted((folder / ".farmctl/journal").glob("0*.jsonl"))
        for line in path.read_text().splitlines()
    ]
    return tuple(each for each in lines if "type" in each)


def verifiers_say(folder: Path) -> list[str]:
    """Return what either verifier has to say against a farm's ledger."""
    first = type_in(folder, "ledger", "verify")
    second = subprocess.run(
        [sys.executable, "-m", "farmctl.ledger.verify", folder / ".farmctl/journal"],
        check=False,
        capture_output=True,
        text=True,
    )
    said = [(first.code, first.err), (second.returncode, second.stdout + second.stderr)]
    return [f"the ledger is not sound: {words}" for code, words in said if code]
