"""The FTP side of one Bambu: implicit TLS, one login for each call.

Learnt from its users and seen on two servers: the data connection must go on with the TLS session
of the control connection (else 522), TLS must be 1.2 at most and the data connection be closed in
TLS's own way (else the end of a file may be missing, and one server says 226 all the same). Some
machines never answer that close, so it is waited for only shortly, and the size is asked for.
"""

from __future__ import annotations

import asyncio
import ftplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import TypeVar, cast

from farmctl.printers.bambu.access import Access
from farmctl.printers.bambu.trust import certificate_at, context_for
from farmctl.printers.web.http import Reply, Silence
from farmctl.system.jobs import Jobs

T = TypeVar("T")

_CONNECT_S = 4.0
_REPLY_S = 30.0
_CLOSE_S = 2.0
_NO_FILE = 550
_BLOCK_B = 64 * 1024


class FtpFiles:
    """One machine's card.

    Args:
        access: The machine.
        jobs: Runs what blocks, which is everything here.
    """

    def __init__(self, access: Access, jobs: Jobs) -> None:
        self._access = access
        self._jobs = jobs
        self._alone = asyncio.Lock()  # the machine's server has room for few
        self._context: ssl.SSLContext | None = None

    async def names(self) -> tuple[str, ...] | Silence:
        """Return what is stored."""
        return await self._run("FTP list", _names)

    async def size_b(self, name: str) -> int | Silence | None:
        """Return how many bytes a file has."""
        return await self._run("FTP size", lambda ftp: _size_b(ftp, name))

    async def store(self, name: str, octets: bytes) -> Reply | Silence:
        """Store a file."""
        return await self._run("FTP upload", lambda ftp: _store(ftp, name, octets))

    async def delete(self, name: str) -> Reply | Silence:
        """Delete a file."""
        return await self._run(
            "FTP delete", lambda ftp: _reply(lambda: ftp.sendcmd(f"DELE {name}"))
        )

    async def _run(self, call: str, work: Callable[[_Ftps], T]) -> T | Silence:
        async with self._alone:
            return await self._jobs.run(lambda: self._do(call, work))

    def _do(self, call: str, work: Callable[[_Ftps], T]) -> T | Silence:
        try:
            ftp = self._opened()
        except (OSError, EOFError, ftplib.Error) as error:
            return self._access.refused(call, error)
        with _left_politely(ftp):
            try:
                return work(ftp)
            except (OSError, EOFError, ftplib.Error) as error:
                return self._access.broke_off(call, error)

    def _opened(self) -> _Ftps:
        place = self._access.place
        if self._context is None:
            shown = lambda: certificate_at(place.host, place.ftps)  # noqa: E731 - a name for it
            self._context = context_for(self._access.trust, shown)
        ftp = _Ftps(context=self._context)
        try:
            ftp.enter(place.host, place.ftps, self._access.login)
        except BaseException:
            ftp.close()
            raise
        return ftp


class _Ftps(ftplib.FTP_TLS):
    """FTP that speaks TLS from its first byte, and goes on with it on data connections."""

    def enter(self, host: str, port: int, login: tuple[str, str]) -> None:
        """Connect and log in. Raises PermissionError for a wrong access code."""
        self.host, self.port, self.timeout = host, port, _REPLY_S
        plain = socket.create_connection((host, port), _CONNECT_S)
        self.af = plain.family
        try:
            self.sock = self.context.wrap_socket(plain)
        except BaseException:
            plain.close()
            raise
        self.sock.settimeout(_REPLY_S)
        self.file = self.sock.makefile("r", encoding=self.encoding)
        self.welcome = self.getresp()
        try:
            self.login(*login, secure=False)
        except ftplib.error_perm as error:
            raise PermissionError(str(error)) from error
        self.prot_p()
        self.voidcmd("TYPE I")

    def ntransfercmd(
        self, cmd: str, rest: int | str | None = None
    ) -> tuple[socket.socket, int | None]:
        """Open a data connection within the TLS session of the control connection."""
        # Not what FTP_TLS does, which begins a TLS session of its own.
        line, size = super(ftplib.FTP_TLS, self).ntransfercmd(cmd, rest)
        session = cast("ssl.SSLSocket", self.sock).session
        try:
            return self.context.wrap_socket(line, session=session), size
        except BaseException:
            line.close()
            raise


@contextmanager
def _left_politely(ftp: _Ftps) -> Iterator[None]:
    try:
        yield
        with suppress(OSError, EOFError, ftplib.Error):
            cast("ssl.SSLSocket", ftp.sock).settimeout(_CLOSE_S)
            ftp.quit()
    finally:
        ftp.close()


def _names(ftp: _Ftps) -> tuple[str, ...]:
    octets = bytearray()
    try:
        with closing(ftp.transfercmd("NLST")) as line:
            while block := line.recv(_BLOCK_B):
                octets += block
            _end(line)
        ftp.voidresp()
    except ftplib.error_perm as error:
        if _code(error) != _NO_FILE:  # what some say of an empty card
            raise
    lines = bytes(octets).decode("utf-8", "replace").splitlines()
    return tuple(sorted(each.rsplit("/", 1)[-1] for each in lines))


def _size_b(ftp: _Ftps, name: str) -> int | None:
    try:
        return ftp.size(name)
    except ftplib.error_perm as error:
        if _code(error) == _NO_FILE:
            return None
        raise


def _store(ftp: _Ftps, name: str, octets: bytes) -> Reply:
    def store() -> str:
        # A card that is full ends it in the middle: what it was, the reply tells.
        with closing(ftp.transfercmd(f"STOR {name}")) as line, suppress(OSError):
            line.sendall(octets)
            _end(line)
        return ftp.getresp()

    return _reply(store)


def _end(line: socket.socket) -> None:
    """Say in TLS's own way that this was all; some machines never answer it."""
    line.settimeout(_CLOSE_S)
    with suppress(OSError):
        cast("ssl.SSLSocket", line).unwrap()


def _reply(command: Callable[[], str]) -> Reply:
    """Return the server's reply, whatever it says."""
    try:
        said = command()
    except ftplib.Error as error:
        said = str(error)
    code, _, words = said.partition(" ")
    return Reply(int(code[:3]) if code[:3].isdigit() else 0, words.strip() or said)


def _code(error: ftplib.Error) -> int:
    said = str(error)[:3]
    return int(said) if said.isdigit() else 0
