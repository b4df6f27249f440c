"""Servers on the loopback that say as little as a probe needs: each on a port of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

Answers = Mapping[str, object]
"""What is answered by path, without its query: JSON, bytes as they are, or a status alone."""


def moonraker(identity: str = "id-1", bed_mm: tuple[float, float] = (250.0, 210.0)) -> Answers:
    """Return what a Moonraker in front of a Klipper answers to a probe."""
    status = {
        "configfile": {
            "settings": {
                "printer": {"kinematics": "corexy", "max_velocity": 300.0, "max_accel": 3000.0},
                "extruder": {"nozzle_diameter": 0.4, "max_temp": 300.0},
                "heater_bed": {"max_temp": 120.0},
            }
        },
        "toolhead": {"axis_maximum": [*bed_mm, 200.0, 0.0]},
    }
    results = {
        "/server/info": {"moonraker_version": "v0.11.0", "klippy_state": "ready"},
        "/server/database/item": {"value": identity},
        "/printer/info": {"app": "Klipper", "software_version": "v0.12.0-1"},
        "/printer/objects/query": {"status": status},
    }
    return {path: {"result": result} for path, result in results.items()}


@contextmanager
def serving(answers: Answers) -> Iterator[str]:
    """Serve on the loopback; yield the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = answers.get(self.path.partition("?")[0], 404)
            status = answer if isinstance(answer, int) else 200
            body = b"" if isinstance(answer, int) else _bytes(answer)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _bytes(answer: object) -> bytes:
    return answer if isinstance(answer, bytes) else json.dumps(answer).encode()
