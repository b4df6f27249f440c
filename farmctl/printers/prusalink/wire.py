"""The HTTP side of one PrusaLink, let in by an API key or by a user and a password."""

from __future__ import annotations

from urllib.parse import quote

import httpx

from farmctl.printers.prusalink.digest import Challenge, Login, authorization, challenge_in
from farmctl.printers.web.http import Http, Reply, Silence
from farmctl.system.entropy import fresh_hex
from farmctl.system.secrets import Secret

VERSION = "/api/version"
INFO = "/api/v1/info"
STATUS = "/api/v1/status"
JOB = "/api/v1/job"
FILES = "/api/v1/files/local"

# Without it, refusals are pages for people.
_JSON = {"Accept": "application/json"}
_GCODE = {"Content-Type": "text/x.gcode"}  # with any other, PrusaLink fails for a new file


class Wire:
    """The HTTP side of one PrusaLink.

    No call with an effect is ever sent twice, not even for a password: what the server asks to be
    proved is fetched by a call that changes nothing.

    Args:
        url: Where it is.
        secret: Its API key, or `user:password`; None lets nobody in.
        transport: What carries requests; None for the network.
    """

    def __init__(
        self, url: str, secret: Secret | None, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._login = login_in(secret)
        is_key = secret is not None and self._login is None
        key = {"X-Api-Key": secret.reveal()} if secret is not None and is_key else {}
        self._http = Http(url, {**_JSON, **key}, transport)
        self._challenge: Challenge | None = None

    async def ask(self, path: str) -> Reply | Silence:
        """Ask for something; nothing changes by it."""
        if self._login is None:
            return await self._http.ask(path)
        if self._challenge is None:
            await self._be_challenged()
        reply = await self._http.ask_once(path, headers=self._proof("GET", path))
        if isinstance(reply, Reply) and reply.status == 401:
            await self._be_challenged()  # what it asked for was too old
            reply = await self._http.ask_once(path, headers=self._proof("GET", path))
        return reply

    async def tell(self, method: str, path: str, gcode: bytes | None = None) -> Reply | Silence:
        """Make a call with an effect, with g-code to store."""
        if self._login is not None:
            reply = await self._be_challenged()
            if isinstance(reply, Silence):
                return Silence(reply.why, was_sent=False)
        headers = self._proof(method, path)
        if gcode is None:
            return await self._http.tell(method, path, headers=headers)
        return await self._http.tell(method, path, headers={**headers, **_GCODE}, content=gcode)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    async def _be_challenged(self) -> Reply | Silence:
        reply = await self._http.ask_once(VERSION)
        if isinstance(reply, Reply):
            self._challenge = challenge_in(reply.headers.get("www-authenticate", ""))
        return reply

    def _proof(self, method: str, path: str) -> dict[str, str]:
        if self._login is None or self._challenge is None:
            return {}
        said = authorization(self._login, self._challenge, method, path, fresh_hex(16))
        return {"Authorization": said}


def login_in(secret: Secret | None) -> Login | None:
    """Return the user and the password in a secret; None for an API key, which has no colon."""
    user, colon, password = secret.reveal().partition(":") if secret else ("", "", "")
    return Login(user, password) if colon else None


def file_path(file: str) -> str:
    """Return the path of a stored g-code file."""
    return f"{FILES}/{quote(file)}"


def job_path(job_id: str, verb: str = "") -> str:
    """Return the path of a job, or of something to be done to it."""
    return f"{JOB}/{job_id}/{verb}" if verb else f"{JOB}/{job_id}"
