"""The MQTT side of one Bambu: sessions with the broker that the machine itself is.

There is no queue and no second try: what is published goes out on the open connection, or is
refused. A session that broke is over; who wants another opens it, and asks for everything again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from farmctl.printers.bambu.access import Access
from farmctl.printers.bambu.trust import certificate_at, context_for, serial_of
from farmctl.printers.config import Session
from farmctl.system.jobs import Jobs

if TYPE_CHECKING:
    from paho.mqtt.client import SocketLike

_CONNECT_S = 4.0
_ENTER_S = 6.0
_KEEPALIVE_S = 20
_UPKEEP_S = 5.0


class Broker:
    """Opens sessions with one machine.

    Args:
        access: The machine.
        jobs: Runs what blocks: looking up a name, connecting, TLS.
    """

    def __init__(self, access: Access, jobs: Jobs) -> None:
        self._access = access
        self._jobs = jobs

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Session]:
        """Open a session and close it behind the block.

        Raises PermissionError for a wrong access code, ssl.SSLError for a wrong certificate, and
        OSError when nobody answers.
        """
        connecting = asyncio.ensure_future(self._jobs.run(self._connected))
        try:
            client = await asyncio.shield(connecting)
        except asyncio.CancelledError:
            connecting.add_done_callback(_hang_up)
            raise
        line = _Line(client, self._access.trust.serial)
        try:
            await line.enter()
            yield line
        finally:
            line.close()

    def _connected(self) -> Client:
        place = self._access.place
        client = Client(CallbackAPIVersion.VERSION2, reconnect_on_failure=False)
        client.connect_timeout = _CONNECT_S
        client.username_pw_set(*self._access.login)
        shown = lambda: certificate_at(place.host, place.mqtt)  # noqa: E731 - a name for it
        client.tls_set_context(context_for(self._access.trust, shown))
        client.connect(place.host, place.mqtt, _KEEPALIVE_S)
        return client


class _Line:
    """A connected client, served by the event loop.

    Args:
        client: Connected, its CONNECT sent, and nothing read yet.
        serial: The machine's; None for what its certificate names.
    """

    def __init__(self, client: Client, serial: str | None) -> None:
        self._client = client
        self._loop = asyncio.get_running_loop()
        self._heard: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._entered: asyncio.Future[None] = self._loop.create_future()
        self._upkeep: asyncio.TimerHandle | None = None
        connection = client.socket()
        self.serial = serial or serial_of(connection)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        client.on_disconnect = self._on_disconnect
        client.on_socket_close = self._on_socket_close
        if connection is not None:
            self._loop.add_reader(connection, self._read)

    async def enter(self) -> None:
        """Return when the machine has let us in and will tell what it does."""
        self._keep_up()
        async with asyncio.timeout(_ENTER_S):
            await self._entered

    def publish(self, text: str) -> bool:
        """Send a request now, at QoS 0."""
        if self._client.socket() is None:
            return False
        sent = self._client.publish(f"device/{self.serial}/request", text, qos=0)
        self._write_the_rest()
        return sent.rc is MQTTErrorCode.MQTT_ERR_SUCCESS

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield what is reported until the session is over."""
        while (text := await self._heard.get()) is not None:
            yield text

    def close(self) -> None:
        """End the session."""
        if self._upkeep is not None:
            self._upkeep.cancel()
        _close(self._client)

    def _read(self) -> None:
        """Take all that came: what TLS has decrypted already wakes nobody again."""
        while (connection := self._client.socket()) is not None:
            done = self._client.loop_read()
            left = connection.pending() if hasattr(connection, "pending") else 0
            self._write_the_rest()  # what was said while reading was only kept
            if done is not MQTTErrorCode.MQTT_ERR_SUCCESS or not left:
                return

    def _write_the_rest(self) -> None:
        connection = self._client.socket()
        if connection is not None and self._client.want_write():
            self._loop.add_writer(connection, self._write)

    def _write(self) -> None:
        connection = self._client.socket()
        if connection is None:
            return
        self._client.loop_write()
        if not self._client.want_write() and self._client.socket() is not None:
            self._loop.remove_writer(connection)

    def _keep_up(self) -> None:
        """Say now and then that we are there; paho ends a session whose other side is silent."""
        self._client.loop_misc()
        self._write_the_rest()
        self._upkeep = self._loop.call_later(_UPKEEP_S, self._keep_up)

    def _on_connect(
        self,
        client: Client,
        _: object,
        _flags: ConnectFlags,
        why: ReasonCode,
        _p: Properties | None,
    ) -> None:
        if why.is_failure:
            self._fail(PermissionError(str(why)))
        else:
            client.subscribe(f"device/{self.serial}/report", qos=0)

    def _on_subscribe(
        self, _c: Client, _: object, _mid: int, codes: list[ReasonCode], _p: Properties | None
    ) -> None:
        if any(code.is_failure for code in codes):
            self._fail(PermissionError("it does not tell farmctl what it does"))
        elif not self._entered.done():
            self._entered.set_result(None)

    def _on_message(self, _c: Client, _: object, message: MQTTMessage) -> None:
        self._heard.put_nowait(bytes(message.payload))

    def _on_disconnect(
        self, _c: Client, _: object, _flags: DisconnectFlags, why: ReasonCode, _p: Properties | None
    ) -> None:
        self._fail(ConnectionResetError(f"the machine hung up: {why}"))
        self._heard.put_nowait(None)

    def _on_socket_close(self, _c: Client, _: object, connection: SocketLike) -> None:
        self._loop.remove_reader(connection)
        self._loop.remove_writer(connection)

    def _fail(self, error: OSError) -> None:
        if not self._entered.done():
            self._entered.set_exception(error)


def _hang_up(connecting: asyncio.Future[Client]) -> None:
    """Close what nobody waited for."""
    if not connecting.cancelled() and connecting.exception() is None:
        _close(connecting.result())


def _close(client: Client) -> None:
    client.disconnect()
    client.loop_misc()
