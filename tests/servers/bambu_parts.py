"""The real servers that a Bambu is made of, each in a child: Mosquitto, and an FTP server."""

from __future__ import annotations

import os
import socket
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from tests.servers.authority import Pair
from tests.servers.children import Child
from tests.servers.install import ROOT, installed

CODE, PRINTER_CODE = "12345678", "its-own-way-in"
HERE = Path(__file__).parent
_READY_S = 30.0
_NOBODY = 65534


class Broker(NamedTuple):
    """Mosquitto with users, with TLS for everybody and without it for the printer itself."""

    folder: Path
    port: int
    inside_port: int
    pair: Pair

    def start(self) -> Child:
        """Start it; returns when it listens."""
        users, conf = self.folder / "users", self.folder / "mosquitto.conf"
        users.write_text("")
        for user, code in (("bblp", CODE), ("printer", PRINTER_CODE)):
            argv = [*_debian("bin/mosquitto_passwd"), "-b", str(users), user, code]
            subprocess.run(argv, check=True, capture_output=True)
        lines = (
            f"listener {self.port} 127.0.0.1",
            f"certfile {self.pair.certificate}",
            f"keyfile {self.pair.key}",
            f"listener {self.inside_port} 127.0.0.1",
            "allow_anonymous false",
            f"password_file {users}",
            "persistence false",
            "max_queued_messages 0",
            *(("user root",) if os.geteuid() == 0 else ()),
        )
        conf.write_text("\n".join([*lines, ""]))
        log = self.folder / "mosquitto.log"
        child = Child([*_debian("sbin/mosquitto"), "-c", str(conf)], cwd=ROOT, log=log)
        return _listening(child, self.port, "Mosquitto")


class Card(NamedTuple):
    """What an FTP server serves.

    Args:
        folder: Where its configuration goes.
        files: What it serves.
        port: Where.
        pair: Its certificate.
    """

    folder: Path
    files: Path
    port: int
    pair: Pair


def start_ftp(program: str, card: Card) -> Child:
    """Start `vsftpd` or `pyftpdlib`; returns when it listens."""
    start = {"vsftpd": _vsftpd, "pyftpdlib": _pyftpdlib}[program]
    return _listening(start(card), card.port, program)


def _pyftpdlib(card: Card) -> Child:
    both = card.folder / "both.pem"
    both.write_bytes(card.pair.certificate.read_bytes() + card.pair.key.read_bytes())
    python = installed("bambu") / "bin/python"
    argv = [str(python), str(HERE / "implicit_ftps.py"), str(card.port), str(card.files)]
    log = card.folder / "pyftpdlib.log"
    return Child([*argv, "bblp", CODE, str(both)], cwd=ROOT, log=log)


def _vsftpd(card: Card) -> Child:
    """Start vsftpd with a user of its own: libraries stand between it and the system's users."""
    root, folder = installed("bambu") / "debian", card.folder
    libraries = _libraries(root)
    matrix = f"{libraries}/pam_wrapper/pam_matrix.so passdb={folder}/passdb"
    users = (
        "root:x:0:0:root:/root:/bin/sh",
        f"nobody:x:{_NOBODY}:{_NOBODY}:nobody:/nonexistent:/usr/sbin/nologin",
        f"bblp:x:{os.getuid()}:{os.getgid()}:bblp:{card.files}:/bin/sh",
    )
    (folder / "passwd").write_text("\n".join([*users, ""]))
    (folder / "group").write_text(f"root:x:0:\nnogroup:x:{_NOBODY}:\n")
    (folder / "passdb").write_text(f"bblp:{CODE}:vsftpd\n")
    (folder / "pam").mkdir(exist_ok=True)
    for service in ("vsftpd", "other"):
        rules = (f"{kind} required {matrix}" for kind in ("auth", "account", "session"))
        (folder / "pam" / service).write_text("\n".join([*rules, ""]))
    (folder / "empty").mkdir(exist_ok=True)
    conf = folder / "vsftpd.conf"
    conf.write_text(_VSFTPD.format(card=card, folder=folder))
    wrapped = {
        "LD_LIBRARY_PATH": libraries,
        "LD_PRELOAD": f"{libraries}/libpam_wrapper.so {libraries}/libnss_wrapper.so",
        "NSS_WRAPPER_PASSWD": folder / "passwd",
        "NSS_WRAPPER_GROUP": folder / "group",
        "PAM_WRAPPER": "1",
        "PAM_WRAPPER_SERVICE_DIR": folder / "pam",
    }
    argv = ["env", *(f"{key}={value}" for key, value in wrapped.items())]
    log = folder / "vsftpd.out"
    return Child([*argv, str(root / "usr/sbin/vsftpd"), str(conf)], cwd=ROOT, log=log)


_VSFTPD = """\
listen=YES
listen_address=127.0.0.1
listen_port={card.port}
background=NO
anonymous_enable=NO
local_enable=YES
write_enable=YES
ssl_enable=YES
implicit_ssl=YES
require_ssl_reuse=YES
force_local_logins_ssl=YES
force_local_data_ssl=YES
rsa_cert_file={card.pair.certificate}
rsa_private_key_file={card.pair.key}
pam_service_name=vsftpd
secure_chroot_dir={folder}/empty
local_root={card.files}
seccomp_sandbox=NO
isolate=NO
isolate_network=NO
check_shell=NO
xferlog_enable=NO
dual_log_enable=YES
vsftpd_log_file={folder}/vsftpd.log
"""


def _debian(path: str) -> list[str]:
    """Return the command of an unpacked program."""
    root = installed("bambu") / "debian"
    return ["env", f"LD_LIBRARY_PATH={_libraries(root)}", str(root / "usr" / path)]


def _libraries(root: Path) -> str:
    return str(next((root / "usr/lib").glob("*-linux-gnu*")))


def _listening(child: Child, port: int, what: str) -> Child:
    child.wait_for(lambda: _listens(port), timeout_s=_READY_S, what=f"{what} listens")
    return child


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_ports(count: int) -> tuple[int, ...]:
    """Return ports of this machine that nobody uses."""
    with ExitStack() as opened:
        probes = [opened.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return tuple(int(probe.getsockname()[1]) for probe in probes)
