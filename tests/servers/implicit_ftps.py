"""An FTP server that speaks TLS from its first byte, run within the environment of the kit `bambu`.

python implicit_ftps.py PORT FOLDER USER PASSWORD CERTIFICATE_AND_KEY
"""

from __future__ import annotations

import sys

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import TLS_FTPHandler
from pyftpdlib.servers import FTPServer


class ImplicitHandler(TLS_FTPHandler):
    """One client's control connection."""

    def handle(self) -> None:
        self.secure_connection(self.ssl_context)

    def handle_ssl_established(self) -> None:
        super().handle()


def main(port: str, folder: str, user: str, password: str, certificate: str) -> None:
    authorizer = DummyAuthorizer()
    authorizer.add_user(user, password, folder, perm="elradfmwMT")
    ImplicitHandler.authorizer = authorizer
    ImplicitHandler.certfile = certificate
    ImplicitHandler.tls_control_required = True
    ImplicitHandler.tls_data_required = True
    FTPServer(("127.0.0.1", int(port)), ImplicitHandler).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
