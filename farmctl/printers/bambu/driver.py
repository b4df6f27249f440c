"""The driver: looks, and makes one call for each effect, to the one machine it was pinned to."""

from __future__ import annotations

from collections.abc import AsyncIterator

from farmctl.errors import UsageError
from farmctl.model.digest import digest_of
from farmctl.model.observation import DeviceState, Ending, Observation
from farmctl.printers.bambu.access import Access, NoEntry
from farmctl.printers.bambu.address import place_of
from farmctl.printers.bambu.answers import echo_means, reply_means
from farmctl.printers.bambu.broker import Broker
from farmctl.printers.bambu.checks import findings, unusable
from farmctl.printers.bambu.commands import GET_VERSION, PROBE, project_file, task_of, verb
from farmctl.printers.bambu.files import FtpFiles
from farmctl.printers.bambu.loaded import loaded_in, slots_of
from farmctl.printers.bambu.package import SUFFIX, file_of, md5_of, name_on_card, packed
from farmctl.printers.bambu.status import Status, status_of
from farmctl.printers.bambu.talk import Known, Talk
from farmctl.printers.bambu.touch import Touch
from farmctl.printers.bambu.trust import Trust
from farmctl.printers.config import DriverConfig, FileServer, Subscribe
from farmctl.printers.driver import (
    Accepted,
    Answer,
    Evidence,
    Finding,
    Promises,
    Rejected,
    Unknown,
    Why,
    cannot_exclude,
)
from farmctl.printers.web.answers import Call
from farmctl.printers.web.http import Silence

PROMISES = Promises(
    deletion_fences=False,
    evidence=Evidence.JOB_ID,
    patience_s=180.0,
    verifies_upload="size",
    survives_restart=False,
)

LOOKED = "farmctl looked first"
_OURS = "farmctl-"


def open_driver(config: DriverConfig) -> BambuDriver:
    """Return the driver of one Bambu. Raises UsageError without an address or a certificate."""
    if not config.url:
        raise UsageError(f"printer {config.printer} has no url", "add `url: bambu://…`")
    lines = config.lines
    trust = Trust(config.identity, config.certificate)
    if lines.subscribe is not None and lines.files is not None:
        access = Access(config.printer, place_of("simulated"), None, trust)
        return BambuDriver(config, access, lines.subscribe, lines.files)
    if config.certificate is None:
        raise UsageError(
            f"printer {config.printer} has no `certificate`, which tells it from another machine",
            f"farmctl printer add {config.printer} {config.url} --driver bambu finds it",
        )
    access = Access(config.printer, place_of(config.url), config.api_key, trust)
    subscribe = Broker(access, config.jobs).session
    return BambuDriver(config, access, subscribe, FtpFiles(access, config.jobs))


class BambuDriver:
    """One Bambu in LAN mode.

    Args:
        config: The printer.
        access: Its door.
        subscribe: Opens MQTT sessions with it.
        files: Its card.
    """

    def __init__(
        self, config: DriverConfig, access: Access, subscribe: Subscribe, files: FileServer
    ) -> None:
        self._config = config
        self._files = files
        self._talk = Talk(
            subscribe,
            lambda error: access.refused("MQTT connect", error),
            config.clock,
            first=int(task_of(config.printer)),
        )
        self._sent: dict[str, tuple[int, str]] = {}
        self._touch = Touch(config)

    @property
    def promises(self) -> Promises:
        """Return what a Bambu can promise. A cancel ends whatever is printed by then."""
        return PROMISES

    async def look(self) -> Observation:
        """Ask for everything that it reports; dated by when it was asked."""
        asked_at = self._config.clock.now()
        known = await self._talk.status()
        if isinstance(known, Silence):
            self._touch.lose()
            state = DeviceState.FAULT if isinstance(known, NoEntry) else DeviceState.OFFLINE
            return Observation(self._config.printer, asked_at, state, message=known.why)
        now = status_of(known.report)
        return Observation(
            printer=self._config.printer,
            seen_at=asked_at,
            state=now.state,
            identity=known.serial or None,
            job=now.job,
            history_head=now.head,
            boot=self._touch.boot(
                known.serial, asked_at, session=self._talk.sessions, has_task=bool(now.task)
            ),
            nozzle_um=now.nozzle_um,
            loaded=loaded_in(known.report),
            message=now.message,
        )

    async def watch(self) -> AsyncIterator[None]:
        """Yield when it reports another print, state or complaint, and when it came or went."""
        async for _ in self._talk.changes():
            yield

    async def upload(self, file: str, gcode: bytes) -> Answer:
        """Store `gcode` in its envelope; accepted when the size of what is stored is right."""
        known = await self._known()
        if isinstance(known, Rejected):
            return known
        name, octets = name_on_card(file), packed(gcode)
        there = await self._files.size_b(name)
        if isinstance(there, Silence):
            return _not_sent(there)
        if there is not None:
            return Rejected(Why.NOT_SENT, f"{name} is there already", LOOKED)
        answer = reply_means(Call.UPLOAD, await self._files.store(name, octets))
        if not isinstance(answer, Accepted):
            return answer
        self._sent[file] = len(octets), md5_of(octets)
        return await self._verified(name, octets)

    async def start(self, file: str) -> Answer:
        """Print a stored file on a machine that was just seen idle: once, and at QoS 0.

        A start on a busy machine would end what it prints.
        """
        # The file server takes its time: what the machine does is looked at before and after it.
        seen = await self._idle()
        refusal = seen if isinstance(seen, Rejected) else await self._not_stored(file)
        if refusal is not None:
            return refusal
        known = await self._idle()
        if isinstance(known, Rejected):
            return known
        _, md5 = self._sent.get(file, (0, ""))
        command = project_file(file, md5, slots_of(known.report))
        return echo_means(Call.START, file, await self._talk.tell(command))

    async def pause(self, file: str) -> Answer:
        """Pause the print of `file`."""
        return await self._aimed(Call.PAUSE, "pause", file)

    async def resume(self, file: str) -> Answer:
        """Go on with the paused print of `file`."""
        return await self._aimed(Call.RESUME, "resume", file)

    async def cancel(self, file: str) -> Answer:
        """End the print of `file`, seen a moment ago; a Bambu ends whatever it prints."""
        return await self._aimed(Call.CANCEL, "stop", file)

    async def exclude(self, file: str, part: str) -> Answer:
        """Refuse: farmctl does not steer the objects of a Bambu's plate."""
        return cannot_exclude(file, part)

    async def delete(self, file: str) -> Answer:
        """Delete a stored file that is not seen printing: a Bambu would delete that one too."""
        now = await self._now()
        if isinstance(now, Rejected):
            return now
        if now.has_job and now.file == file:
            return Rejected(Why.IN_USE, f"{file} is being printed", LOOKED)
        self._sent.pop(file, None)
        return reply_means(Call.DELETE, await self._files.delete(name_on_card(file)))

    async def files(self) -> tuple[str, ...]:
        """Return the stored files of farms."""
        names = await self._files.names()
        if isinstance(names, Silence):
            return ()
        ours = (name for name in names if name.lower().startswith(_OURS))
        return tuple(sorted(file_of(name) if name.endswith(SUFFIX) else name for name in ours))

    async def evidence(self, file: str) -> Ending | None:
        """Return how the newest print ended, if it carries the task id of `file`."""
        known = await self._talk.status()
        return None if isinstance(known, Silence) else status_of(known.report).ending(file)

    async def doctor(self) -> tuple[Finding, ...]:
        """Return what is wrong, by asking, and by one command that changes nothing."""
        known = await self._talk.status()
        if isinstance(known, Silence):
            return (unusable(known.why),)
        version = await self._talk.ask(GET_VERSION, "info")
        card = await self._files.names()
        # While it prints nothing is commanded, not even for a test.
        is_idle = status_of(known.report).state is DeviceState.READY
        echo = await self._talk.tell(PROBE) if is_idle else None
        return findings(known.report, version, card, echo)

    async def close(self) -> None:
        """Hang up; the printer goes on."""
        await self._talk.close()

    async def _known(self) -> Known | Rejected:
        """Return what our own machine reports, or why nothing may be sent to what answers."""
        known = await self._talk.status()
        if isinstance(known, Silence):
            return _not_sent(known)
        pinned = self._config.identity
        if pinned is not None and known.serial != pinned:
            message = f"{self._config.printer}: {known.serial} answers, not {pinned}"
            return Rejected(Why.NOT_SENT, message, LOOKED)
        return known

    async def _now(self) -> Status | Rejected:
        known = await self._known()
        return known if isinstance(known, Rejected) else status_of(known.report)

    async def _idle(self) -> Known | Rejected:
        """Return what our own idle machine reports, or why nothing may be started now."""
        known = await self._known()
        if isinstance(known, Rejected):
            return known
        now = status_of(known.report)
        if now.state is DeviceState.READY:
            return known
        why = Why.BUSY if now.has_job else Why.NOT_READY
        return Rejected(why, f"the printer is {now.state}, {now.file or now.message}", LOOKED)

    async def _not_stored(self, file: str) -> Rejected | None:
        """Return why a file may not be started: it is gone, or not what was sent."""
        stored_b = await self._files.size_b(name_on_card(file))
        if isinstance(stored_b, Silence):
            return _not_sent(stored_b)
        if stored_b is None:
            return Rejected(Why.MISSING, f"{file} is not on the printer", LOOKED)
        sent_b, _ = self._sent.get(file, (stored_b, ""))
        if stored_b == sent_b:
            return None
        return Rejected(Why.BAD_UPLOAD, f"{file} is not what was stored", LOOKED)

    async def _aimed(self, call: Call, command: str, file: str) -> Answer:
        """Give a command that a Bambu does not aim, if the print is of `file`."""
        now = await self._now()
        if isinstance(now, Rejected):
            return now
        if not now.has_job or now.file != file:
            return Rejected(Why.NOT_OURS, f"{file} is not being printed", LOOKED)
        return echo_means(call, file, await self._talk.tell(verb(command)))

    async def _verified(self, name: str, octets: bytes) -> Answer:
        stored_b = await self._files.size_b(name)
        if stored_b == len(octets):
            return Accepted(evidence=f"size {stored_b}, envelope {digest_of(octets)}")
        if isinstance(stored_b, Silence):
            return Unknown(f"{name} was sent, but not verified: {stored_b.why}")
        stored = "nothing of that name" if stored_b is None else f"{stored_b} bytes"
        message = f"sent {len(octets)} bytes as {name}, stored {stored}"
        return Rejected(Why.BAD_UPLOAD, message, LOOKED)


def _not_sent(silence: Silence) -> Rejected:
    return Rejected(Why.NOT_SENT, silence.why, LOOKED)
