"""Somebody else's client at work, run within the environment of the kit `bambu`.

    python bambu_client.py SERIAL CODE MQTT_PORT FTPS_PORT FILE

It stores FILE, an envelope, prints it, and writes each state that it hears of on a line.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from bambulabs_api.ftp_client import PrinterFTPClient
from bambulabs_api.mqtt_client import PrinterMQTTClient

_PATIENCE_S = 60.0
_POLL_S = 0.02


def main(serial: str, code: str, mqtt_port: str, ftps_port: str, file: str) -> int:
    name = Path(file).name
    store(name, Path(file), code, int(ftps_port))
    printer = PrinterMQTTClient("127.0.0.1", code, serial, port=int(mqtt_port))
    printer.connect()
    printer.start()
    deadline = time.monotonic() + _PATIENCE_S
    try:
        while not printer.ready() and time.monotonic() < deadline:
            time.sleep(_POLL_S)
        printer.start_print_3mf(name, 1, use_ams=False, flow_calibration=False)
        told = ""
        while told != "FINISH" and time.monotonic() < deadline:
            state = str(printer.get_printer_state().name)
            if state != told:
                told = state
                sys.stdout.write(f"{told} {printer.get_file_name()}\n")
            time.sleep(_POLL_S)
    finally:
        printer.stop()
    return 0 if told == "FINISH" else 1


def store(name: str, file: Path, code: str, port: int) -> None:
    ftp = PrinterFTPClient("127.0.0.1", code, port=port)
    ftp.ftps.unwrap = True  # else the end of the file may be missing
    with file.open("rb") as octets:
        ftp.upload_file(octets, name)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
