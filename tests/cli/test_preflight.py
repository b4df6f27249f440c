"""`preflight`: each kind of bad model is a named failure, soon and in little memory."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from farmctl.testing.bad_models import BAD_MODELS
from farmctl.testing.farms import virtual_printer
from farmctl.testing.parts import PARTS, box
from tests.floor.small_farm import type_in

MEMORY_B = 256 * 1024**2
CPU_S = 1.0
COMMAND = "from farmctl.cli.main import main; main()"
NAMED = {
    "zero bytes": "empty-file",
    "text": "not-a-model",
    "random bytes": "not-a-model",
    "truncated binary STL": "truncated",
    "NaN": "not-finite",
    "single triangle": "no-volume",
    "zip bomb": "archive-bomb",
    "overlapping zip bomb": "archive-bomb",
    "path upwards": "archive-path",
    "billion laughs": "xml-dtd",
    "component loop": "3mf-loop",
}


def confined() -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_B, MEMORY_B))


def started(folder: Path, model: Path) -> tuple[subprocess.CompletedProcess[str], float]:
    """Run the command in a process of its own that may not have more memory; return its CPU."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, "preflight", str(model), "-o", "json"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "OPENBLAS_NUM_THREADS": "1"},
        preexec_fn=confined,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.fixture(scope="module")
def start_up_s(tmp_path_factory: pytest.TempPathFactory) -> float:
    """The CPU that the command takes before it has anything to look at."""
    folder = tmp_path_factory.mktemp("good")
    (folder / "box.stl").write_bytes(box())
    started(folder, folder / "box.stl")
    done, cpu_s = started(folder, folder / "box.stl")
    assert done.returncode == 0, done.stderr
    return cpu_s


@pytest.mark.parametrize("name", NAMED)
def test_a_bad_model_is_a_named_failure_soon_and_in_little_memory(
    tmp_path: Path, start_up_s: float, name: str
) -> None:
    bad = BAD_MODELS[name]
    model = tmp_path / bad.file_name
    model.write_bytes(bad.make())
    done, cpu_s = started(tmp_path, model)
    assert done.returncode == 1, done.stderr
    (item,) = json.loads(done.stdout)["items"]
    assert item["verdict"] == "fail"
    (found,) = (each for each in item["findings"] if each["code"] == NAMED[name])
    assert found["level"] == "fail"
    assert found["what"]
    assert found["why"]
    assert found["mend"]
    assert cpu_s - start_up_s < CPU_S


def test_the_memory_limit_of_these_tests_is_a_limit(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"bytearray({MEMORY_B})"],
        preexec_fn=confined,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "MemoryError" in done.stderr


def put(folder: Path, name: str) -> Path:
    bad = BAD_MODELS[name]
    (folder / bad.file_name).write_bytes(bad.make())
    return folder / bad.file_name


def test_a_lying_header_is_a_warning_and_no_failure(tmp_path: Path) -> None:
    done = type_in(tmp_path, "preflight", str(put(tmp_path, "lying header")))
    assert done.code == 0
    head, what, mend, *_ = done.out.splitlines()
    assert head.startswith("WARN  ")
    assert what.startswith("      warn: the header says 1,000,000,000 facets, not 12")
    assert mend == "            export it again if something is missing from the part"


def test_a_failure_says_what_why_and_how_to_mend_it(tmp_path: Path) -> None:
    model = put(tmp_path, "zero bytes")
    done = type_in(tmp_path, "preflight", str(model))
    assert done.code == 1
    assert done.out.splitlines() == [
        f"FAIL  {model}: nothing in it can be printed",
        "      fail: it is empty: there is nothing to print",
        "            export it again from the program it was drawn in, as STL, 3MF or OBJ",
    ]


def test_without_a_farm_the_model_is_looked_at_and_no_bed(tmp_path: Path) -> None:
    (tmp_path / "box.stl").write_bytes(box())
    done = type_in(tmp_path, "preflight", str(tmp_path / "box.stl"))
    assert done.code == 0
    assert done.err == "not compared with any printer's bed: no farm here\n"
    assert "fits" not in done.out


@pytest.fixture
def farm(tmp_path: Path) -> Path:
    from tests.skeleton.test_one_order import make_farm

    return make_farm(tmp_path / "farm", [virtual_printer("sim-1")]).folder


def test_in_a_farm_each_class_that_is_too_small_is_named(farm: Path, tmp_path: Path) -> None:
    (tmp_path / "beam.stl").write_bytes(box(20, 300, 20))
    done = type_in(farm, "preflight", str(tmp_path / "beam.stl"), "-o", "json")
    found = {each["code"]: each for each in json.loads(done.out)["items"][0]["findings"]}
    assert done.code == 0
    assert "generic-250" in found["fits-turned"]["what"]
    (tmp_path / "beam.stl").write_bytes(box(20, 400, 20))
    done = type_in(farm, "preflight", str(tmp_path / "beam.stl"))
    assert done.code == 1
    assert "generic-250" in done.out
    assert "mm" in done.out


def test_what_was_ordered_is_named_by_its_order(farm: Path) -> None:
    named = type_in(farm, "preflight", "ord-1/box")
    assert named.code == 0
    assert named.out.startswith(f"PASS  {farm / 'models/box.stl'}: watertight")
    assert type_in(farm, "preflight", "ord-1/lid").code == 2


def test_a_farm_that_cannot_be_read_is_said_and_the_model_looked_at(farm: Path) -> None:
    (farm / "farm.yaml").write_text("schema: farm/v1\n")
    subprocess.run(["git", "-C", str(farm), "commit", "-aqm", "broken"], check=True)
    done = type_in(farm, "preflight", str(farm / "models/box.stl"))
    assert (done.code, done.err) == (
        0,
        "not compared with any printer's bed: the farm cannot be read\n",
    )


def test_several_models_are_looked_at_and_one_that_fails_is_exit_1(tmp_path: Path) -> None:
    (tmp_path / "box.stl").write_bytes(box())
    put(tmp_path, "NaN")
    done = type_in(tmp_path, "preflight", str(tmp_path))
    assert done.code == 1
    assert [line.split(" ")[0] for line in done.out.splitlines() if line[0] != " "] == [
        "FAIL",
        "PASS",
    ]
    done = type_in(tmp_path, "preflight", str(tmp_path), "-o", "name")
    assert done.out.splitlines() == [str(tmp_path / "box.stl")]


@pytest.mark.parametrize("name", PARTS)
def test_parts_like_real_ones_do_not_fail(tmp_path: Path, name: str) -> None:
    (tmp_path / "part.stl").write_bytes(PARTS[name]())
    assert type_in(tmp_path, "preflight", str(tmp_path / "part.stl")).code == 0


@pytest.mark.parametrize(
    ("name", "said", "mend"),
    [
        ("bax.stl", "there is no file", "did you mean"),
        ("empty", "there is no model in", "name an STL"),
        ("pipe", "is no file", "name an STL"),
    ],
)
def test_what_is_no_model_file_is_a_usage_error(
    tmp_path: Path, name: str, said: str, mend: str
) -> None:
    (tmp_path / "box.stl").write_bytes(box())
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe")
    done = type_in(tmp_path, "preflight", str(tmp_path / name))
    assert done.code == 2
    assert said in done.err
    assert mend in done.err


def test_a_file_that_is_larger_than_any_model_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "huge.stl").open("wb") as file:
        file.truncate(513 * 1024**2)
    done = type_in(tmp_path, "preflight", str(tmp_path / "huge.stl"))
    assert done.code == 2
    assert "has 513 MB, 512 are allowed" in done.err
