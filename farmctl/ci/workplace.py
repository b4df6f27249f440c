"""Where slices of golden models, their meshes and their figures are kept, all by content."""

from __future__ import annotations

import json
from pathlib import Path

from farmctl.artifacts.store import ArtifactStore
from farmctl.ci.cluster.parcel import Delivery
from farmctl.ci.outcome import Failed, Measured, Outcome
from farmctl.gcode.figures import measure_figures
from farmctl.gcode.limits import limits_from_settings
from farmctl.gcode.measured import Figures
from farmctl.model.baseline import MEASURED_BY
from farmctl.model.codec import Undecodable, decode, encode
from farmctl.model.digest import digest_of, hexdigits
from farmctl.slicing import ini
from farmctl.slicing.arrange import arrange
from farmctl.slicing.cache import SliceCache
from farmctl.slicing.judge import filaments
from farmctl.slicing.record import SliceRecord
from farmctl.slicing.request import PlateRequest
from farmctl.system.disk import Disk
from farmctl.system.people import host_name


class Workplace:
    """One folder of slices and figures; several processes and machines may use it at once.

    Args:
        folder: Where it is.
        disk: Reads and writes it.
    """

    def __init__(self, folder: Path, disk: Disk) -> None:
        self.folder = folder
        self.disk = disk
        self.store = ArtifactStore(folder / "artifacts", disk)
        self.cache = SliceCache(folder / "slices", disk, self.store)

    @property
    def machine(self) -> Path:
        """Return where it keeps what is true of this machine alone: a folder may be shared."""
        return self.folder / "machines" / host_name()

    @property
    def memory(self) -> Path:
        """Return where the digests of this machine's slicers are remembered."""
        return self.machine / "slicer"

    def known(self, request: PlateRequest) -> Measured | None:
        """Return what a plate comes to where it was sliced and measured before."""
        record = self.cache.known(request)
        figures = self._kept(record) if record else None
        return made(record, figures) if record and figures else None

    def figures(self, request: PlateRequest, record: SliceRecord, *, many: bool = False) -> Figures:
        """Return the figures of a slice, perhaps one of many; measured where they are not known."""
        known = self._kept(record)
        if known is not None:
            return known
        settings = ini.parse(request.settings, "settings").values
        measured = measure_figures(
            self.store.get(record.gcode),
            limits=limits_from_settings(settings),
            filaments=filaments(settings),
            placements=arrange(request.parts, request.room, self.store).boxes,
            many=many,
        )
        self._keep(record, measured)
        return measured

    def delivery(self, request: PlateRequest, outcome: Measured) -> Delivery:
        """Return a slice that was made here with all that another place needs to keep it.

        Raises MissingArtifact, DamagedArtifact.
        """
        record = self.cache.known(request)
        if record is None:
            return Delivery(outcome)
        digests = (record.gcode, record.plate, record.settings)
        return Delivery(outcome, record, tuple(map(self.store.get, digests)))

    def take(self, request: PlateRequest, delivery: Delivery) -> Outcome:
        """Keep what another place made, if it is what was asked for, and return what came of it."""
        record, outcome = delivery.record, delivery.outcome
        if not isinstance(outcome, Measured):
            return outcome
        if record is None or not _is_whole(request, delivery, record):
            return WRONG_DELIVERY
        for raw in delivery.artifacts:
            self.store.put(raw)
        self._keep(record, outcome.figures)
        self.cache.put(record)
        return outcome

    def _keep(self, record: SliceRecord, figures: Figures) -> None:
        text = json.dumps(encode(figures), separators=(",", ":"))
        self.disk.replace(self._place(record), text.encode(), durable=False)

    def _kept(self, record: SliceRecord) -> Figures | None:
        try:
            return decode(Figures, json.loads(self.disk.read(self._place(record))))
        except (FileNotFoundError, NotADirectoryError, ValueError, Undecodable):
            return None

    def _place(self, record: SliceRecord) -> Path:
        return self.folder / "figures" / figures_name(record)


WRONG_DELIVERY = Failed(
    "worker-wrong-delivery",
    "what came back is not the slice that was asked for",
    "look at the workers' farmctl and at their disks",
)


def made(record: SliceRecord, figures: Figures) -> Measured:
    """Return what a slice came to."""
    warnings = tuple(sorted({each.code for each in record.warnings}))
    return Measured(record.gcode, figures, warnings)


def _is_whole(request: PlateRequest, delivery: Delivery, record: SliceRecord) -> bool:
    asked = (request.key, request.slicer, request.checked_for)
    digests = tuple(map(digest_of, delivery.artifacts))
    is_asked = (record.key, record.slicer, record.checked_for) == asked
    return is_asked and digests == (record.gcode, record.plate, record.settings)


def figures_name(record: SliceRecord) -> str:
    """Return the name of the file of a slice's figures: the digest of all that they depend on."""
    key = f"{MEASURED_BY} {record.gcode} {record.key} {record.settings}"
    return f"{hexdigits(digest_of(key.encode()))}.json"
