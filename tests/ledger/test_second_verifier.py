"""The two verifiers agree, on good journals and on damaged ones."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import farmctl
from farmctl.ledger import verify
from tests.ledger.journals import damaged_journals, journals
from tests.ledger.tally import ADA, Bench, notes
from tests.ledger.verifiers import first_says, says, second_says

pytestmark = pytest.mark.pure
FILE = Path(verify.__file__)
SOURCE = Path(farmctl.__file__).parents[1]


@settings(deadline=None, max_examples=150)
@given(journals())
def test_they_agree_on_good_journals(segments):
    said = second_says(segments)
    assert said == first_says(segments)
    assert said[0].endswith(" events")


@settings(deadline=None, max_examples=400)
@given(damaged_journals())
def test_they_agree_on_damaged_journals(segments):
    assert second_says(segments) == first_says(segments)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.binary(max_size=200), min_size=1, max_size=2))
def test_they_agree_on_rubbish(segments):
    assert second_says(segments) == first_says(segments)


def written() -> Bench:
    bench = Bench.begun()
    bench.open().append(notes(3), ADA)
    return bench


def test_they_agree_on_every_flipped_byte():
    good = written().segment()
    for offset in range(len(good)):
        mask = (1, 0x20, 0x80)[offset % 3]
        raw = good[:offset] + bytes([good[offset] ^ mask]) + good[offset + 1 :]
        assert second_says([raw]) == first_says([raw])


def test_they_agree_on_every_cut():
    good = written().segment()
    for size in range(1, len(good), 2):
        assert second_says([good[:size]]) == first_says([good[:size]])


def test_one_segment_alone_can_be_verified(tmp_path):
    bench = Bench.begun(segment_b=1000)
    ledger = bench.open()
    for number in range(1, 6):
        ledger.append(notes(1, number), ADA)
    path = tmp_path / "00000002.jsonl"
    path.write_bytes(bench.segment(2))
    assert says(path) == ("4 events", bench.events()[3].hash)
    path.write_bytes(bench.segment(2).replace(b"p4", b"px"))
    assert says(path) == ("00000002.jsonl", "3")


def test_a_missing_segment_is_found():
    bench = Bench.begun(segment_b=1000)
    ledger = bench.open()
    for number in range(1, 6):
        ledger.append(notes(1, number), ADA)
    segments = [bench.segment(number) for number in bench.folder.segments()]
    assert second_says([segments[0], segments[2]]) == ("00000002.jsonl", "1")
    assert second_says(segments[1:]) == ("00000001.jsonl", "1")


@pytest.mark.parametrize(("change", "code"), [(b"p1", 0), (b"px", 3)])
def test_as_a_program(tmp_path, change, code):
    bench = written()
    (tmp_path / "00000001.jsonl").write_bytes(bench.segment().replace(b"p1", change))
    done = subprocess.run(
        [sys.executable, "-m", "farmctl.ledger.verify", str(tmp_path)],
        cwd=SOURCE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code
    if code:
        assert done.stderr.startswith("00000001.jsonl:2: ")
    else:
        assert done.stdout == f"3 events of ledger 0a1b2c3d, head {bench.events()[-1].hash}\n"


def test_what_is_not_there_is_no_traceback(tmp_path):
    assert says(tmp_path / "nothing") == ("nothing", "1")


def test_it_is_short_and_shares_no_code():
    source = FILE.read_text()
    assert len(source.splitlines()) < 80
    imported = {
        alias.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert {name.split(".")[0] for name in imported} <= set(sys.stdlib_module_names)
