"""A Klipper host with all that its Moonraker says: for programs that nobody here has written.

What it does is `Klipper`'s. Here the answers get the keys that farmctl's own driver does not read,
as they were recorded of Moonraker 0.11, and the fields of status objects that were asked for alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from msgspec.structs import replace

from farmctl.gcode.commands import Heater
from farmctl.model.digest import hexdigits
from farmctl.model.observation import DeviceState
from farmctl.sim.device import Printing, Record, Stored
from farmctl.sim.machine import moved_us, pushed_um
from farmctl.soak.klipper import Klipper
from farmctl.soak.machines import Answer

BED_MM = (250.0, 210.0, 210.0)
NOZZLE_MM = 0.4
FOLDER = "/home/pi/printer_data"
_US_PER_S = 1_000_000
_NETWORKS = ("lo", "eth0", "wlan0")


class WholeKlipper(Klipper):
    """One printer behind a Moonraker that answers every call of farmctl's driver in full.

    Args:
        serial: The id of its Moonraker.
        now: Tells the true time.
        speedup: Machine seconds in a second.
    """

    def __init__(self, serial: str, now: Callable[[], datetime], speedup: int = 1) -> None:
        super().__init__(serial, now)
        self.machine = replace(self.machine, speedup=speedup)
        self._asked = {
            **self._asked,
            ("GET", "/server/config"): self._config,
        }

    @property
    def shown(self) -> object:
        """Return what it pushes to whoever listens when it changes."""
        return self.state, self.machine.jobs, self.is_busy

    def answer(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> Answer:
        """Return what Moonraker answers."""
        status, said = super().answer(method, path, query, body)
        if status >= HTTPStatus.BAD_REQUEST and said:
            error = said["error"]
            reason = f"{HTTPStatus(status).phrase} ({error['message']})"
            error["traceback"] = f"tornado.web.HTTPError: HTTP {status}: {reason}"
        return status, said

    def status(self, asked: Mapping[str, str]) -> dict[str, dict[str, Any]]:
        """Return status objects, each with the fields asked for: `a,b`, or all of them."""
        objects = self._everything()
        return {
            name: {each: objects.get(name, {}).get(each) for each in fields.split(",")}
            if fields
            else objects.get(name, {})
            for name, fields in asked.items()
        }

    def newest(self) -> dict[str, Any] | None:
        """Return the newest job as the history lists it; None without one."""
        jobs = self._history({"start": "0", "limit": "1"})[1]["result"]["jobs"]
        return jobs[0] if jobs else None

    def load(self) -> dict[str, Any]:
        """Return how busy the host is: what Moonraker tells everybody every second."""
        traffic = ("bytes", "packets", "errs", "drop")
        counts = {f"{way}_{each}": 0 for each in traffic for way in ("rx", "tx")}
        return {
            "moonraker_stats": {
                "time": self.machine.at.timestamp(),
                "cpu_usage": 0.38,
                "memory": 52_244,
                "mem_units": "kB",
            },
            "cpu_temp": None,
            "network": {name: {**counts, "bandwidth": 0.0} for name in _NETWORKS},
            "system_cpu_usage": dict.fromkeys(("cpu", "cpu0", "cpu1", "cpu2", "cpu3"), 0.0),
            "system_memory": {"total": 1_000_000, "available": 800_000, "used": 200_000},
            "websocket_connections": 1,
        }

    @property
    def eventtime(self) -> float:
        """Return the seconds that the host has run."""
        return self.machine.uptime_us / _US_PER_S

    def _status(self, query: Mapping[str, str]) -> Answer:
        return 200, {"result": {"eventtime": self.eventtime, "status": self.status(query)}}

    def _everything(self) -> dict[str, dict[str, Any]]:
        objects: dict[str, dict[str, Any]] = super()._status({})[1]["result"]["status"]
        job = self.machine.job
        if objects["webhooks"]["state"] == "ready":
            objects["webhooks"]["state_message"] = "Printer is ready"
        objects["print_stats"] |= self._figures(job)
        if self._cut_off() is not None:
            objects["print_stats"]["state"] = "printing"  # as it was: only `webhooks` tells
        objects["virtual_sdcard"] = self._sdcard(job)
        is_printing = self.machine.state is DeviceState.PRINTING
        objects["idle_timeout"] = {
            "state": "Printing" if is_printing else "Ready",
            "printing_time": self._elapsed_s(job) if job and is_printing else 0.0,
        }
        objects["toolhead"] = {"axis_minimum": [0.0] * 4, "axis_maximum": [*BED_MM, 0.0]}
        objects["configfile"] = {"settings": self._settings()}
        return objects

    def _figures(self, job: Printing | None) -> dict[str, Any]:
        newest = self._newest_of_boot()
        if job is not None:
            at_us = self.machine.uptime_us
            figures = self._elapsed_s(job), moved_us(job, at_us) / _US_PER_S, pushed_um(job, at_us)
        elif newest is not None:
            figures = _lasted_s(newest), newest.print_ms / 1000, newest.filament_um
        else:
            figures = 0.0, 0.0, 0
        total_s, print_s, filament_um = figures
        return {
            "total_duration": total_s,
            "print_duration": print_s,
            "filament_used": filament_um / 1000,
            "info": {"total_layer": None, "current_layer": None},
        }

    def _sdcard(self, job: Printing | None) -> dict[str, Any]:
        if job is None:
            file, figures = self._cut_off(), {"progress": 0.0, "file_position": 0, "file_size": 0}
            path = f"{FOLDER}/gcodes/{file}" if file else None
            return {"file_path": path, "is_active": file is not None, **figures}
        stored = self.machine.stored(job.file)
        size_b = stored.size_b if stored else 0
        moving_us = job.script.moving_us
        progress = moved_us(job, self.machine.uptime_us) / moving_us if moving_us else 0.0
        return {
            "file_path": f"{FOLDER}/gcodes/{job.file}",
            "progress": progress,
            "is_active": self.machine.state is DeviceState.PRINTING,
            "file_position": round(size_b * progress),
            "file_size": size_b,
        }

    def _settings(self) -> dict[str, Any]:
        build = self.machine.build
        return {
            "printer": {
                "kinematics": "cartesian",
                "max_velocity": 300.0,
                "max_accel": 3000.0,
                "max_z_velocity": 10.0,
                "max_z_accel": 100.0,
                "square_corner_velocity": 5.0,
            },
            "extruder": {
                "nozzle_diameter": NOZZLE_MM,
                "max_temp": build.highest_mc(Heater.NOZZLE) / 1000,
            },
            "heater_bed": {"max_temp": build.highest_mc(Heater.BED) / 1000},
        }

    def _newest_of_boot(self) -> Record | None:
        newest = self.remembered[-1] if self.remembered else None
        return newest if newest and newest.number > self.jobs_before_boot else None

    def _cut_off(self) -> str | None:
        """Return the file of the print that a fault ended; None without a fault."""
        newest = self._newest_of_boot()
        return newest.file if newest and self.machine.state is DeviceState.FAULT else None

    def _elapsed_s(self, job: Printing) -> float:
        return (self.machine.uptime_us - job.started_us) / _US_PER_S

    def _history(self, query: Mapping[str, str]) -> Answer:
        whole = {"start": "0", "limit": "50", **query}
        status, said = super()._history(whole)
        jobs = [self._whole_job(job) for job in said["result"]["jobs"]]
        return status, {"result": {"count": said["result"]["count"], "jobs": jobs}}

    def _whole_job(self, job: dict[str, Any]) -> dict[str, Any]:
        stored, running = self.machine.stored(job["filename"]), self.machine.job
        if job["status"] == "in_progress" and running is not None:
            at_us = self.machine.uptime_us
            took_s = self._elapsed_s(running)
            print_s, filament_mm = moved_us(running, at_us) / _US_PER_S, pushed_um(running, at_us)
            job = {**job, "print_duration": print_s, "filament_used": filament_mm / 1000}
        else:
            took_s = job["end_time"] - job["start_time"]
        return {
            "end_time": None,
            "auxiliary_data": [],
            "user": "No User",
            **job,
            "exists": stored is not None,
            "metadata": _metadata(stored) if stored else {},
            "total_duration": took_s,
        }

    def _identity(self, query: Mapping[str, str]) -> Answer:
        value = super()._identity(query)[1]["result"]["value"]
        asked = {each: query.get(each, "") for each in ("namespace", "key")}
        return 200, {"result": {**asked, "value": value}}

    def _files(self, _query: Mapping[str, str]) -> Answer:
        return 200, {"result": [self._listed(each.name) for each in self.machine.files]}

    def _listed(self, name: str) -> dict[str, Any]:
        stored = self.machine.stored(name)
        size_b = stored.size_b if stored else 0
        return {
            "path": name,
            "modified": self.machine.at.timestamp(),
            "size": size_b,
            "permissions": "rw",
        }

    def _server(self, query: Mapping[str, str]) -> Answer:
        said = super()._server(query)[1]["result"]
        whole = {
            "klippy_connected": True,
            "components": ["server", "database", "file_manager", "klippy_apis", "history"],
            "failed_components": [],
            "registered_directories": ["config", "logs", "gcodes"],
            "warnings": [],
            "websocket_count": 0,
            "missing_klippy_requirements": [],
            "api_version": [1, 5, 0],
            "api_version_string": "1.5.0",
        }
        return 200, {"result": {**whole, **said}}

    def _printer(self, query: Mapping[str, str]) -> Answer:
        said = super()._printer(query)[1]["result"]
        webhooks = self._everything()["webhooks"]
        whole = {
            "state": webhooks["state"],
            "state_message": webhooks["state_message"],
            "hostname": self.machine.serial,
            "klipper_path": "/home/pi/klipper",
            "python_path": "/home/pi/klippy-env/bin/python",
            "process_id": 1,
            "user_id": 1000,
            "group_id": 1000,
            "log_file": f"{FOLDER}/logs/klippy.log",
            "config_file": f"{FOLDER}/config/printer.cfg",
            "cpu_info": "simulated",
        }
        return 200, {"result": {**whole, **said}}

    def _config(self, _query: Mapping[str, str]) -> Answer:
        sections = {
            "server": {"host": "127.0.0.1"},
            "authorization": {"trusted_clients": ["127.0.0.1"], "cors_domains": []},
            "file_manager": {"queue_gcode_uploads": False, "enable_object_processing": False},
            "history": {},
        }
        return 200, {"result": {"config": sections, "orig": {"DEFAULT": {}}, "files": []}}

    def _delete(self, name: str) -> Answer:
        item = {**self._listed(name), "root": "gcodes"}
        status, said = super()._delete(name)
        if status == HTTPStatus.OK:
            said["result"]["item"] = item
        return status, said

    def _upload(self, body: bytes) -> Answer:
        status, said = super()._upload(body)
        if status == HTTPStatus.CREATED:
            said["item"] = {**self._listed(said["item"]["path"]), **said["item"]}
            said["print_queued"] = False
        return status, said


def _lasted_s(job: Record) -> float:
    return (job.ended_at - job.started_at).total_seconds()


def _metadata(file: Stored) -> dict[str, Any]:
    return {
        "size": file.size_b,
        "modified": 0.0,
        "uuid": hexdigits(file.digest)[:32],
        "file_processors": [],
        "slicer": "Unknown",
        "slicer_version": "?",
        "gcode_start_byte": 0,
        "gcode_end_byte": file.size_b,
    }
