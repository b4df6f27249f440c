"""A computer that can act on the farm: a disk, a clone, and cron, which starts what has ended."""

from __future__ import annotations

import traceback
from enum import StrEnum

from farmctl.errors import FarmctlError, InvalidDocuments, LedgerDamaged, Refused
from farmctl.ledger.folder import LedgerFolder
from farmctl.soak.books import Say
from farmctl.soak.contended import ContendedDisk
from farmctl.soak.controller import Life, Surroundings
from farmctl.soak.remote import Clone
from farmctl.system.clock import Clock
from farmctl.system.disk import Busy

AGAIN_AFTER_S = 60.0
COPY_EVERY_S = 1800.0


class Excuse(StrEnum):
    """Why a controller may end by itself: each ends with an exit code that is documented."""

    DAMAGE = "the ledger was harmed"
    NO_ROOM = "the disk was full"
    REVISION = "the farm's files meant nothing when it began"
    TAKEN_OVER = "another host acts, or the ledger was restored"


class Host:
    """One computer.

    Args:
        around: What outlives its controllers.
        true_clock: Shows the true time.
        say: Told of violations.

    Attributes:
        life: The controller that runs, or ran last.
        excuses: Why one may end by itself now.
        complaint: Why the last controller ended by itself, while none goes on.
        backup: A copy of the ledger's folder, on another disk.
    """

    def __init__(self, around: Surroundings, true_clock: Clock, say: Say) -> None:
        self.around = around
        self.true_clock = true_clock
        self.life = Life(around)
        self.excuses: set[Excuse] = set()
        self.backup: LedgerFolder | None = None
        self._say = say
        self.complaint: BaseException | None = None
        self._rivals: list[Life] = []
        self._again_at_s: float | None = None
        self._copy_at_s = COPY_EVERY_S

    @property
    def folder(self) -> LedgerFolder:
        """Return where the ledger lies."""
        return self.around.folder

    @property
    def disk(self) -> ContendedDisk:
        """Return its disk."""
        return self.around.disk

    @property
    def clone(self) -> Clone:
        """Return its clone of the farm's repository."""
        return self.around.clone

    @property
    def is_acting(self) -> bool:
        """Return whether a controller runs, stopped or not."""
        return self.life.is_running

    def begin(self) -> None:
        """Start a controller."""
        self._again_at_s = None
        self.life = Life(self.around)
        self.life.begin()

    def begin_beside(self) -> None:
        """Start another controller beside the one that runs: its lock must refuse it."""
        if self.is_acting and self.life.has_control:
            rival = Life(self.around, self.life)
            rival.begin()
            self._rivals.append(rival)

    async def kill(self) -> None:
        """End everything without a word."""
        for each in (self.life, *self._rivals):
            await each.kill()
        self._rivals.clear()

    async def tend(self) -> None:
        """Do what cron does: look what ended, start it again, keep a copy of the ledger."""
        now_s = self.true_clock.monotonic()
        self._judge_rivals()
        error = self.life.ended_by()
        if self.is_acting:
            self.complaint = None
        elif error is not None and self._again_at_s is None:
            await self.life.kill()
            self._judge(error)
            self._succeed(error, now_s)
        if self._again_at_s is not None and now_s >= self._again_at_s:
            self.begin()
        if now_s >= self._copy_at_s:
            self._copy_at_s = now_s + COPY_EVERY_S
            self.backup = LedgerFolder(self.disk.copy(), self.folder.root)

    def _succeed(self, error: BaseException, now_s: float) -> None:
        """Go on with one that was begun beside it and took the controls, or begin another."""
        heirs = [each for each in self._rivals if each.has_control]
        if heirs:
            self.life = heirs[0]
            self._rivals.remove(heirs[0])
        else:
            self.complaint, self._again_at_s = error, now_s + AGAIN_AFTER_S

    def _judge_rivals(self) -> None:
        """Each was refused, unless the one beside which it was begun had ended before it tried."""
        begun, self._rivals = self._rivals, []
        for rival in begun:
            error = rival.ended_by()
            if rival.took_control_from is not None:
                self._say("lock", "a second controller began beside one that runs")
                rival.die()
            elif rival.has_control or error is None:  # begun this moment, it has not tried yet
                self._rivals.append(rival)
            elif not isinstance(error, Busy):
                self._say("lock", f"a second controller was not refused, but ended: {error}")

    def _judge(self, error: BaseException) -> None:
        if not excuses_of(error) & self.excuses:
            words = " ".join(traceback.format_exception_only(error)).strip()
            self._say("died", words)


def excuses_of(error: BaseException) -> set[Excuse]:
    """Return what may explain why a controller ended by itself; nothing for a bug."""
    match error:
        case LedgerDamaged():
            return {Excuse.DAMAGE}
        case InvalidDocuments():
            return {Excuse.REVISION}
        case Refused():  # without its head a ledger is taken for one of its first epoch
            return {Excuse.TAKEN_OVER, Excuse.DAMAGE}
        case FarmctlError() if "cannot be written" in error.message:
            return {Excuse.NO_ROOM}
        case _:
            return set()
