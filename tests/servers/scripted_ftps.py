"""An FTP server over implicit TLS that answers what a test wants: full cards, cut lines, nonsense.

    with ScriptedFtps(pair, STOR=["552 no room"]) as server: ...

It keeps what is stored in memory. A reply for a command stands in the place of its own; None hangs
up instead.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Self

from tests.servers.authority import Pair

Replies = Sequence[str | None]
_PLAIN = {
    "USER": "331 password?",
    "PASS": "230 in",
    "PBSZ": "200 ok",
    "PROT": "200 ok",
    "TYPE": "200 ok",
    "QUIT": "221 bye",
}


class ScriptedFtps:
    """A server on a free port.

    Args:
        pair: Its certificate.
        stores_as: The name under which it keeps what is stored; None for the one that was said.
        replies: For a command, its next replies.
    """

    def __init__(self, pair: Pair, *, stores_as: str | None = None, **replies: Replies) -> None:
        self.stored: dict[str, bytes] = {}
        self.commands: list[str] = []
        self._stores_as = stores_as
        self._replies = {command: list(said) for command, said in replies.items()}
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(pair.certificate, pair.key)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        """Listen."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return  # it was closed
            with suppress(OSError), self._context.wrap_socket(plain, server_side=True) as line:
                self._converse(line)

    def _converse(self, line: ssl.SSLSocket) -> None:
        line.sendall(b"220 hello\r\n")
        passive: socket.socket | None = None
        with line.makefile("r", encoding="utf-8") as heard:
            for text in heard:
                command, _, argument = text.strip().partition(" ")
                self.commands.append(command)
                if command == "PASV":
                    passive = socket.create_server(("127.0.0.1", 0))
                    high, low = divmod(int(passive.getsockname()[1]), 256)
                    said: str | None = f"227 (127,0,0,1,{high},{low})"
                else:
                    said = self._answer(line, command, argument, passive)
                if said is None:
                    return
                line.sendall(f"{said}\r\n".encode())

    def _answer(
        self, line: ssl.SSLSocket, command: str, name: str, passive: socket.socket | None
    ) -> str | None:
        own = self._own_answer(line, command, name, passive)
        left = self._replies.get(command)
        return left.pop(0) if left else own

    def _own_answer(
        self, line: ssl.SSLSocket, command: str, name: str, passive: socket.socket | None
    ) -> str:
        match command:
            case "STOR" if passive is not None:
                self._take(line, name, passive)
                return "226 stored"
            case "SIZE":
                return f"213 {len(self.stored[name])}" if name in self.stored else "550 no file"
            case "DELE":
                return "250 gone" if self.stored.pop(name, None) is not None else "550 no file"
            case _:
                return _PLAIN.get(command, "502 what?")

    def _take(self, line: ssl.SSLSocket, name: str, passive: socket.socket) -> None:
        line.sendall(b"150 go on\r\n")
        plain, _ = passive.accept()
        passive.close()
        octets = bytearray()
        with suppress(OSError), self._context.wrap_socket(plain, server_side=True) as data:
            while block := data.recv(65536):
                octets += block
            data.unwrap()
        self.stored[self._stores_as or name] = bytes(octets)
