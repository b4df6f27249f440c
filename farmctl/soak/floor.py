"""What machines really began, against what the journal says of it (I1, I2, I3, I4, I5, I11)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct

from farmctl.control.envelope import parse_file_name
from farmctl.ledger.anchors import Mark
from farmctl.ledger.state import State
from farmctl.model.ids import InstanceId
from farmctl.soak.books import Books, Sanction, Say
from farmctl.soak.doubled import Doubled
from farmctl.soak.machines import Body, PhysicalStart


class Stray(Struct):
    """A start that the ledger cannot know of: it is detected, not prevented.

    A host began it that was taken over, or its request came so late that its intent is forgotten.

    Args:
        printer: Where.
        start: What began.
        seq: The newest event of the farm's ledger at the look before: of another journal in its
            place, the newest that both hold.
        head: The newest job there that the ledger knew of.
        total: How many jobs it had then, where it counts them.
        boot: When it was switched on, as far as the ledger knew.
        is_seen: Whether a later look showed it. Of a machine that remembers nothing it shows the
            fault that ended it, or that nobody knows what it did: a person is called then.
    """

    printer: str
    start: PhysicalStart
    seq: int
    head: str | None
    total: int | None
    boot: str | None
    is_seen: bool = False


class Floor:
    """Counts starts where they happen.

    Args:
        machines: By printer.
        say: Told of violations.

    Attributes:
        starts: How often machines began each of our files.
        strays: What hosts began that were taken over.
        doubled: What the transport doubled, where nothing could stop it.
    """

    def __init__(self, machines: Mapping[str, Body], say: Say) -> None:
        self.starts = Counter[str]()
        self.strays: list[Stray] = []
        self.doubled = Doubled()
        self._machines = machines
        self._say = say
        self._counted = Counter[str]()
        self._left_out = Counter[str]()
        self._copies = Counter[InstanceId]()
        self._void_checked = 0
        self._shown_checked = 0
        self._before: State | None = None  # at the look before
        self._since = 0  # events of this journal that stood there at the look before
        self._marks: Sequence[Mark] = ()

    def look(self, books: Books) -> None:
        """Take in what began since the last look, and what was said of what began before."""
        for name, machine in sorted(self._machines.items()):
            machine.pass_time()
            for file, part in machine.left_out[self._left_out[name] :]:
                self._left_out[name] += 1
                self._check_left_out(name, file, part, books)
            for start in machine.starts[self._counted[name] :]:
                self._counted[name] += 1
                if start.file.startswith("farmctl-"):
                    self._count(name, start, books)
        self._check_called(books)
        self._check_voided(books)
        self._find_strays(books)
        self._before, self._since, self._marks = books.state, books.state.seq, books.marks
        self.doubled.take(books.said)
        books.said.clear()

    def recount(self, books: Books) -> None:
        """Count parts by another journal: what it forgot may be made again."""
        self._void_checked = self._shown_checked = 0
        self._since = _shared(self._marks, books.marks)
        for each in self.strays:
            each.seq = min(each.seq, self._since)
        self._copies.clear()
        for file in sorted(books.files & self.starts.keys()):
            self._copies.update(books.once.starts[file].parts)

    def _count(self, name: str, start: PhysicalStart, books: Books) -> None:
        sanction = books.once.starts.get(start.file)
        if start.file not in books.files and _is_of_older_epoch(start.file, books):
            self.strays.append(self._stray(name, start, books))
            return
        self.starts[start.file] += 1
        if self._machines[name].is_fenced or not self.doubled.count(name, start):
            self._check_once(name, start)
        if sanction is None or sanction.intent.printer != name:
            self._say("I2", f"{start.file} began on {name} without an intent for it")
            return
        self._check_sanction(sanction, start)
        if start.file in books.files:  # else the journal forgot the intent, in a restore
            if self.starts[start.file] == 1:
                self._check_copies(sanction, books)
            if start.file in books.voided:
                self._say("I11", f"{sanction.queued.run} was void, and began")

    def _stray(self, name: str, start: PhysicalStart, books: Books) -> Stray:
        """Return a start with what was known before it: since then a look may have shown it."""
        before = self._before or books.state
        seen = next((each.seen for key, each in before.printers.items() if key == name), None)
        if seen is None:
            return Stray(name, start, self._since, None, None, None)
        return Stray(name, start, self._since, seen.history_head, seen.jobs_total, seen.boot)

    def _check_once(self, name: str, start: PhysicalStart) -> None:
        if self.starts[start.file] > 1:
            self._say("I1", f"{start.file} was started {self.starts[start.file]} times")
        if start.is_beaten:
            return  # nobody can stop a start that is on its way when somebody begins a print
        if start.onto is not None and not self._is_unseen(start.onto):
            self._say("I5", f"{start.file} was started onto {start.onto} on {name}")
        if start.discarded is not None and not self._is_unseen(start.discarded):
            self._say("I5", f"{start.file} threw {start.discarded} away on {name}")

    def _is_unseen(self, file: str) -> bool:
        """Tell whether a host that was taken over began it, and no look has shown it yet."""
        return any(each.start.file == file and not each.is_seen for each in self.strays)

    def _check_sanction(self, sanction: Sanction, start: PhysicalStart) -> None:
        queued, decision = sanction.queued, sanction.decision
        asked = ("allow", sanction.intent.printer)
        if decision is None or (decision.outcome, decision.printer) != asked:
            self._say("I2", f"{queued.run} began without a decision that allows it there")
        elif decision.gcode != queued.gcode or (
            # What people overwrite while its start is on its way, nobody can stop.
            start.digest != sanction.envelope and not start.is_crossed
        ):
            self._say("I2", f"{queued.run} began with other bytes than those that were allowed")

    def _check_copies(self, sanction: Sanction, books: Books) -> None:
        self._copies.update(sanction.parts)
        for part in sanction.parts:
            if self._copies[part] > 1 + books.allowed[part]:
                self._say("I3", f"{part} was made again without a word that allows it")

    def _check_left_out(self, name: str, file: str, part: str, books: Books) -> None:
        """A part is left out because somebody wanted that one, and never the last one."""
        if (file, part) not in books.once.wanted_out:
            self._say("parts", f"{part} of {file} was left out on {name}, and nobody wanted it")
        sanction = books.once.starts.get(file)
        out = {each for of, each in self._machines[name].left_out if of == file}
        if sanction is not None and sanction.labels <= out:
            self._say("parts", f"all parts of {file} were left out on {name}")

    def _check_called(self, books: Books) -> None:
        """What is called started did start."""
        for run, file in books.called:
            if file is None or not self.starts[file]:
                self._say("I4", f"{run} is called started, and {file} never was")
        books.called.clear()

    def _check_voided(self, books: Books) -> None:
        for file, run in list(books.voided.items())[self._void_checked :]:
            self._void_checked += 1
            if self.starts[file] and file in books.files:
                self._say("I11", f"{run} is called void, but {file} was printed")

    def _find_strays(self, books: Books) -> None:
        for shown in books.shown[self._shown_checked :]:
            self._shown_checked += 1
            for each in self.strays:
                is_there = shown.printer == each.printer and shown.seq > each.seq
                known, told = (each.head, each.total), (shown.head, shown.total)
                shows = shown.job_file == each.start.file or known != told
                forgets = shown.head is None and (shown.is_fault or shown.boot != each.boot)
                each.is_seen = each.is_seen or (is_there and (shows or forgets))


def _shared(some: Sequence[Mark], others: Sequence[Mark]) -> int:
    """Return how many events two journals begin with alike."""
    pairs = enumerate(zip(some, others, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(some), len(others)))


def _is_of_older_epoch(file: str, books: Books) -> bool:
    whose = parse_file_name(file)
    return whose is not None and bool(books.marks) and whose.epoch < books.marks[-1].epoch
