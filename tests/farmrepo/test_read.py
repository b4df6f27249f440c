"""Reading a farm at a revision: what is used, what is wrong, what it stops."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from farmctl.farmrepo.cache import DocumentCache, open_cache
from farmctl.farmrepo.collect import Wanted, collect
from farmctl.farmrepo.files import REGULAR, Entry, Files, blob_id, committed_files
from farmctl.farmrepo.read import Revision, read, read_revision, read_worktree
from farmctl.farmrepo.reading import Reading
from farmctl.farmrepo.repository import NoRepository, NoRevision, Repository
from farmctl.farmrepo.snapshot import Snapshot
from farmctl.model.digest import digest_of
from farmctl.model.ids import ItemKey, OrderId
from farmctl.system.disk import RealDisk

SLICER = "1" * 64
INI = "layer_height = 0.2\n"
STL = b"solid part\nendsolid part\n"


def sha(raw: bytes | str) -> str:
    return digest_of(raw.encode() if isinstance(raw, str) else raw).removeprefix("sha256:")


FARM = f"""schema: farm/v1
id: 7f3a9c2e
name: garage
slicers: {{default: {{program: prusaslicer, version: "2.5.0", digests: {{linux-x86_64: "sha256:{SLICER}"}}}}}}
printers:
  - {{name: voron-1, class: voron-350@3.0.0, driver: moonraker, url: http://voron-1, nozzle_mm: 0.4}}
  - {{name: sim-1, class: mini@1.0.0, driver: virtual}}
"""
CLASS = f"""schema: class/v1
name: voron-350
program: prusaslicer
bed_mm: [350, 350]
height_mm: 330
nozzles_mm: [0.4, 0.6]
max_c: {{nozzle: 300, bed: 120}}
versions:
  3.0.0: {{sha256: {sha(INI)}, state: released}}
"""
MINI = CLASS.replace("voron-350", "mini").replace("3.0.0", "1.0.0").replace("[0.4, 0.6]", "[0.4]")
PROFILE = f"""schema: profile/v1
name: petg-0.4
program: prusaslicer
material: PETG
nozzle_mm: 0.4
quality: standard
classes: [voron-350, mini]
versions:
  1.8.2: {{sha256: {sha(INI)}, state: released}}
  1.9.0: {{sha256: {sha(INI)}, state: revoked}}
channels: {{production: {{version: 1.8.2}}, canary: {{version: 1.8.2, printers: [voron-1]}}}}
"""
POLICY = "schema: policy/v1\nname: default\n"
ORDER = f"""schema: order/v1
id: ord-1
created: 2026-11-21T10:00:00+01:00
external: {{system: etsy, id: "77"}}
items:
  - name: bracket
    model: {{path: models/part.stl, sha256: {sha(STL)}}}
    quantity: 2
    filaments: [{{material: PETG, color: black}}]
    profile: petg-0.4
"""
PLAN = f"""schema: plan/v1
order: ord-1
item: bracket
revision: 1
status: draft
model: {{sha256: {sha(STL)}}}
requires: {{filaments: [{{material: PETG, color: black}}], size_mm: [1, 2, 3]}}
variants: []
"""
FILES: dict[str, str | bytes] = {
    "farm.yaml": FARM,
    "profiles/classes/voron-350/class.yaml": CLASS,
    "profiles/classes/voron-350/3.0.0.ini": INI,
    "profiles/classes/mini/class.yaml": MINI,
    "profiles/classes/mini/1.0.0.ini": INI,
    "profiles/petg-0.4/profile.yaml": PROFILE,
    "profiles/petg-0.4/1.8.2.ini": INI,
    "profiles/petg-0.4/1.9.0.ini": INI,
    "profiles/petg-0.4/draft.ini": "layer_height = 0.3\n",
    f"profiles/slicers/{SLICER}.ini": "a = 1\n",
    "policies/default.yaml": POLICY,
    "orders/ord-1.yaml": ORDER,
    "models/part.stl": STL,
    "plans/ord-1/bracket.yaml": PLAN,
    "README.md": "a farm\n",
}


@pytest.fixture
def farm(clone: Any) -> Any:
    for path, text in FILES.items():
        clone.write(path, text)
    clone.commit("a farm")
    return clone


@pytest.fixture
def look(opened: Callable[[Any], Repository]) -> Callable[[Any], Snapshot]:
    return lambda clone: read_revision(clone.top, "HEAD", DocumentCache())


def lines(snapshot: Snapshot) -> list[str]:
    return [f"{each.where} {each.code}: {each.message}" for each in snapshot.diagnostics.all]


def test_a_faultless_farm_is_read_whole(farm: Any, look: Any) -> None:
    snapshot = look(farm)
    assert lines(snapshot) == []
    assert snapshot.commit == farm.head()
    assert snapshot.farm is not None
    assert [printer.name for printer in snapshot.farm.printers] == ["voron-1", "sim-1"]
    assert snapshot.classes["voron-350"].settings == {"3.0.0": INI.encode()}
    assert sorted(snapshot.profiles["petg-0.4"].settings) == ["1.8.2", "1.9.0"]
    assert snapshot.catalogues == {f"sha256:{SLICER}": b"a = 1\n"}
    assert snapshot.policies["default"].digest == digest_of(POLICY.encode())
    order = snapshot.orders[OrderId("ord-1")]
    assert order.document.items[0].quantity == 2
    assert order.blob == farm.git("rev-parse", "HEAD:orders/ord-1.yaml")
    assert snapshot.order_blobs == {"ord-1": order.blob}
    assert snapshot.models == {f"sha256:{sha(STL)}": "models/part.stl"}
    plan = snapshot.plans[ItemKey("ord-1/bracket")]
    assert (plan.document.revision, plan.digest) == (1, digest_of(PLAN.encode()))
    assert snapshot.uncommitted == ()


def test_a_nozzle_that_is_not_said_is_the_only_one_of_the_class(farm: Any, look: Any) -> None:
    snapshot = look(farm)
    voron, sim = snapshot.farm.printers
    assert (snapshot.nozzle_mm(voron), snapshot.nozzle_mm(sim)) == (0.4, 0.4)


CHANGES = {
    "an unknown class": (
        {"farm.yaml": FARM.replace("voron-350@", "voron-35@")},
        ["farm.yaml:6:28 unknown-class: there is no printer class `voron-35`"],
    ),
    "an unknown version of a class": (
        {"farm.yaml": FARM.replace("@3.0.0", "@3.0.1")},
        ["farm.yaml:6:28 unknown-version: class `voron-350` has no version 3.0.1"],
    ),
    "a revoked version of a class": (
        {"profiles/classes/voron-350/class.yaml": CLASS.replace("released", "revoked")},
        ["farm.yaml:6:28 revoked: version 3.0.0 of class `voron-350` is revoked"],
    ),
    "a nozzle that the class has not": (
        {"farm.yaml": FARM.replace("nozzle_mm: 0.4", "nozzle_mm: 0.8")},
        ["farm.yaml:6:96 other-nozzle: class `voron-350` has no nozzle of 0.8 mm"],
    ),
    "no nozzle where there are several": (
        {"farm.yaml": FARM.replace(", nozzle_mm: 0.4", "")},
        ["farm.yaml:6:5 missing: `nozzle_mm` is missing, and class `voron-350` has several"],
    ),
    "two printers of one name": (
        {"farm.yaml": FARM.replace("sim-1", "voron-1")},
        ["farm.yaml:7:12 same-name: there are two printers `voron-1`"],
    ),
    "an address for a virtual printer, none for a real one": (
        {
            "farm.yaml": FARM.replace(", url: http://voron-1", "").replace(
                "virtual", "virtual, url: http://x"
            )
        },
        [
            "farm.yaml:6:5 missing: `url` is missing: where is it?",
            "farm.yaml:7:60 needless: a virtual printer has no address",
        ],
    ),
    "speed-up of a real printer": (
        {"farm.yaml": FARM.replace("nozzle_mm: 0.4", "nozzle_mm: 0.4, speedup: 2")},
        ["farm.yaml:6:110 needless: only a virtual printer prints faster than life"],
    ),
    "a guard of what is not Klipper": (
        {"farm.yaml": FARM.replace("  - {name: sim-1,", "  - {name: sim-1, guard: true,")},
        ["farm.yaml:7:26 needless: only a Klipper printer has a guard"],
    ),
    "a policy that is not there": (
        {"farm.yaml": FARM + "automation: {policy: defualt}\n"},
        ["farm.yaml:8:22 unknown-policy: there is no policy `defualt`"],
    ),
    "a time zone that is not there": (
        {"farm.yaml": FARM + "timezone: Europe/Berlim\n"},
        ["farm.yaml:8:11 unknown-time-zone: there is no time zone `Europe/Berlim`"],
    ),
    "a later farmctl": (
        {"farm.yaml": FARM + "requires: farmctl>=99.1\n"},
        ["farm.yaml:8:11 too-old: the farm needs farmctl 99.1 or later; this is 0.1.0"],
    ),
    "no catalogue of the slicer": (
        {f"profiles/slicers/{SLICER}.ini": None},
        [
            f"farm.yaml:4:85 no-catalogue: profiles/slicers/{SLICER}.ini is missing: nothing can be sliced on linux-x86_64"
        ],
    ),
    "a released file that changed": (
        {"profiles/petg-0.4/1.8.2.ini": "layer_height = 0.25\n"},
        [
            "profiles/petg-0.4/profile.yaml:9:19 settings-changed: profiles/petg-0.4/1.8.2.ini is not the file that was released as 1.8.2"
        ],
    ),
    "a released file that is gone": (
        {"profiles/classes/mini/1.0.0.ini": None},
        [
            "profiles/classes/mini/class.yaml:9:19 no-settings: profiles/classes/mini/1.0.0.ini is missing"
        ],
    ),
    "settings that no version lists": (
        {"profiles/petg-0.4/2.0.0.ini": "x = 1\n"},
        [
            "profiles/petg-0.4/2.0.0.ini not-released: profiles/petg-0.4/profile.yaml does not list this version"
        ],
    ),
    "a channel to a version that is not released": (
        {
            "profiles/petg-0.4/profile.yaml": PROFILE.replace(
                "production: {version: 1.8.2", "production: {version: 1.8.3"
            )
        },
        [
            "profiles/petg-0.4/profile.yaml:11:34 unknown-version: channel `production` points to 1.8.3, which is not released"
        ],
    ),
    "a channel to a revoked version": (
        {
            "profiles/petg-0.4/profile.yaml": PROFILE.replace(
                "canary: {version: 1.8.2", "canary: {version: 1.9.0"
            )
        },
        [
            "profiles/petg-0.4/profile.yaml:11:60 revoked: channel `canary` points to 1.9.0, which is revoked"
        ],
    ),
    "a canary on a printer that is not there": (
        {"profiles/petg-0.4/profile.yaml": PROFILE.replace("[voron-1]", "[voron-2]")},
        [
            "profiles/petg-0.4/profile.yaml:11:78 unknown-printer: there is no printer `voron-2`",
        ],
    ),
    "a profile for a class that is not there": (
        {"profiles/petg-0.4/profile.yaml": PROFILE.replace("350, mini", "350, minni")},
        ["profiles/petg-0.4/profile.yaml:7:22 unknown-class: there is no printer class `minni`"],
    ),
    "a profile for another program and nozzle than its class": (
        {
            "profiles/petg-0.4/profile.yaml": PROFILE.replace("prusaslicer", "other").replace(
                "nozzle_mm: 0.4", "nozzle_mm: 0.6"
            )
        },
        [
            "profiles/petg-0.4/profile.yaml:7:11 other-program: `voron-350` is for prusaslicer, the profile for other",
            "profiles/petg-0.4/profile.yaml:7:22 other-nozzle: `mini` has no nozzle of 0.6 mm",
            "profiles/petg-0.4/profile.yaml:7:22 other-program: `mini` is for prusaslicer, the profile for other",
        ],
    ),
    "names that differ from where they lie": (
        {
            "profiles/petg-0.4/profile.yaml": PROFILE.replace("name: petg-0.4", "name: petg"),
            "policies/default.yaml": POLICY.replace("default", "strict"),
            "orders/ord-1.yaml": ORDER.replace("id: ord-1", "id: ord-2"),
            "plans/ord-1/bracket.yaml": PLAN.replace("item: bracket", "item: lid"),
        },
        [
            "orders/ord-1.yaml:2:5 name-differs: it says `ord-2`, but its file is called `ord-1`",
            "plans/ord-1/bracket.yaml:3:7 name-differs: it says `lid`, but it lies at `ord-1/bracket`",
            "policies/default.yaml:2:7 name-differs: it says `strict`, but its file is called `default`",
            "profiles/petg-0.4/profile.yaml:2:7 name-differs: it says `petg`, but it lies at `petg-0.4`",
        ],
    ),
    "a model that is not there": (
        {"models/part.stl": None, "models/prat.stl": STL},
        ["orders/ord-1.yaml:7:19 no-model: models/part.stl is not in the farm"],
    ),
    "a model that changed": (
        {"models/part.stl": STL + b"\n"},
        ["orders/ord-1.yaml:7:44 model-changed: models/part.stl is not the file that was ordered"],
    ),
    "a profile that is not there": (
        {"orders/ord-1.yaml": ORDER.replace("profile: petg-0.4", "profile: petg-0.6")},
        ["orders/ord-1.yaml:10:14 unknown-profile: there is no profile `petg-0.6`"],
    ),
    "two items of one name": (
        {"orders/ord-1.yaml": ORDER + ORDER[ORDER.index("  - name") :]},
        ["orders/ord-1.yaml:11:11 same-name: there are two items `bracket`"],
    ),
    "two orders with one external id": (
        {"orders/ord-2.yaml": ORDER.replace("id: ord-1", "id: ord-2")},
        [
            "orders/ord-1.yaml:4:30 same-external-id: etsy:77 is also order ord-2",
            "orders/ord-2.yaml:4:30 same-external-id: etsy:77 is also order ord-1",
        ],
    ),
    "documents where nothing reads them": (
        {
            "farm.yml": FARM,
            "orders/ord-2.yml": ORDER,
            "orders/2026/ord-3.yaml": ORDER,
            "profiles/classes/profile.yaml": PROFILE,
        },
        [
            "farm.yml misplaced: nothing reads a document here",
            "orders/2026/ord-3.yaml misplaced: nothing reads a document here",
            "orders/ord-2.yml misplaced: nothing reads a document here",
            "profiles/classes/profile.yaml misplaced: nothing reads a document here",
        ],
    ),
    "no farm.yaml": ({"farm.yaml": None}, ["farm.yaml no-farm: there is no farm.yaml"]),
    "an unreadable class is not an unknown one": (
        {"profiles/classes/mini/class.yaml": "schema: class/v1\n"},
        [
            f"profiles/classes/mini/class.yaml:1:1 missing: `{name}` is missing"
            for name in (
                "bed_mm",
                "height_mm",
                "max_c",
                "name",
                "nozzles_mm",
                "program",
                "versions",
            )
        ],
    ),
}


@pytest.mark.parametrize("what", sorted(CHANGES))
def test_what_does_not_fit_is_said_at_its_place(farm: Any, look: Any, what: str) -> None:
    changes, expected = CHANGES[what]
    for path, text in changes.items():
        if text is None:
            (farm.top / path).unlink()
        else:
            farm.write(path, text)
    farm.commit(what)
    snapshot = look(farm)
    assert lines(snapshot) == expected
    assert all(each.mend for each in snapshot.diagnostics.all)


def test_a_fault_in_an_order_or_plan_stops_that_order_any_other_stops_the_farm(
    farm: Any, look: Any
) -> None:
    farm.write("orders/ord-1.yaml", ORDER.replace("quantity: 2", "quantity: two"))
    farm.write("plans/ord-7/lid.yaml", PLAN)
    farm.write("orders/ord-8.yaml", "half")
    farm.write("orders/ord-9.yml", ORDER)
    farm.write("profiles/petg-0.4/2.0.0.ini", "only a warning\n")
    farm.commit()
    found = look(farm).diagnostics
    assert found.of_farm == ()
    assert sorted(found.of_orders) == ["ord-1", "ord-7", "ord-8", "ord-9"]
    assert {each.file for each in found.of_orders[OrderId("ord-7")]} == {"plans/ord-7/lid.yaml"}
    farm.write("policies/default.yaml", POLICY + "autom: 1\n")
    farm.commit()
    assert [each.code for each in look(farm).diagnostics.of_farm] == ["unknown-key"]


def test_an_order_that_cannot_be_read_still_has_its_file(farm: Any, look: Any) -> None:
    farm.write("orders/ord-1.yaml", "half")
    farm.commit()
    snapshot = look(farm)
    assert snapshot.orders == {}
    assert snapshot.order_blobs == {"ord-1": farm.git("rev-parse", "HEAD:orders/ord-1.yaml")}


def test_the_commit_is_read_not_the_work_tree_and_the_difference_is_named(
    farm: Any, look: Any
) -> None:
    farm.write("farm.yaml", "broken: [\n")
    farm.write("orders/ord-2.yaml", ORDER)
    farm.write("notes.txt", "not of the farm\n")
    (farm.top / "models/part.stl").unlink()
    farm.git("rm", "-q", "--cached", "policies/default.yaml")
    snapshot = look(farm)
    assert lines(snapshot) == []
    assert snapshot.uncommitted == (
        "farm.yaml",
        "models/part.stl",
        "orders/ord-2.yaml",
        "policies/default.yaml",
    )


def test_an_earlier_revision_is_read_without_a_checkout(farm: Any, opened: Any) -> None:
    first = farm.head()
    farm.write("orders/ord-1.yaml", ORDER.replace("quantity: 2", "quantity: 5"))
    farm.commit()
    farm.git("tag", "v1", first)
    for name in (first, "HEAD~1", "v1", first[:10]):
        snapshot = read(opened(farm), Revision(name), DocumentCache(), Wanted())
        assert snapshot.commit == first
        assert snapshot.orders[OrderId("ord-1")].document.items[0].quantity == 2
    assert snapshot.uncommitted == ()


def test_the_work_tree_is_read_as_it_is(farm: Any, opened: Any) -> None:
    farm.write("orders/ord-1.yaml", ORDER.replace("quantity: 2", "quantity: 9"))
    farm.write("orders/ord-2.yaml", ORDER.replace("ord-1", "ord-2").replace('"77"', '"78"'))
    farm.write(".gitignore", "ignored/\n")
    farm.write("ignored/farm.yml", "x")
    (farm.top / "plans/ord-1/bracket.yaml").unlink()
    snapshot = read_worktree(opened(farm), DocumentCache(), Wanted())
    assert lines(snapshot) == []
    assert snapshot.commit is None
    assert snapshot.orders[OrderId("ord-1")].document.items[0].quantity == 9
    assert sorted(snapshot.orders) == ["ord-1", "ord-2"]
    assert snapshot.plans == {}


def test_closed_orders_and_their_plans_are_not_parsed(farm: Any) -> None:
    class Counting(DocumentCache):
        read: tuple[str, ...] = ()

        def document(self, model: Any, blob: str) -> Any:
            self.read = (*self.read, model.__name__)
            return super().document(model, blob)

    blob = farm.git("rev-parse", "HEAD:orders/ord-1.yaml")
    cache = Counting()
    snapshot = read_revision(farm.top, "HEAD", cache, frozenset({blob}))
    assert not {"Order", "Plan"} & set(cache.read)
    assert snapshot.orders == {}
    assert snapshot.plans == {}
    assert snapshot.order_blobs == {"ord-1": blob}
    farm.write("orders/ord-1.yaml", ORDER + "# reopened\n")
    farm.commit()
    assert list(read_revision(farm.top, "HEAD", cache, frozenset({blob})).orders) == ["ord-1"]


def test_a_name_of_no_commit_a_farm_without_one_and_no_repository(
    farm: Any, new_clone: Any, tmp_path: Path
) -> None:
    for name in ("nowhere", "--all", "HEAD:farm.yaml", ""):
        with pytest.raises(NoRevision):
            read_revision(farm.top, name, DocumentCache())
    with pytest.raises(NoRevision, match="has no commit yet"):
        read_revision(new_clone("empty").top, "HEAD", DocumentCache())
    (tmp_path / "plain").mkdir()
    for path in (tmp_path / "plain", tmp_path / "nowhere"):
        with pytest.raises(NoRepository) as caught:
            read_revision(path, "HEAD", DocumentCache())
        assert "farmctl init" in caught.value.mend


def test_a_farm_is_found_from_a_folder_inside_it(farm: Any) -> None:
    assert read_revision(farm.top / "orders", "HEAD", DocumentCache()).commit == farm.head()


def test_unknown_drivers_are_named_where_the_known_ones_are_said(farm: Any, opened: Any) -> None:
    wanted = Wanted(drivers=("moonraker", "virtua"))
    snapshot = read(opened(farm), Revision(), DocumentCache(), wanted)
    assert lines(snapshot) == ["farm.yaml:7:46 unknown-driver: there is no driver `virtual`"]
    assert snapshot.diagnostics.all[0].mend == "did you mean `virtua`?"


def test_git_and_farmctl_name_bytes_alike(farm: Any, look: Any) -> None:
    blob = blob_id(STL)
    assert look(farm).entries["models/part.stl"] == Entry(REGULAR, blob)
    assert farm.git("rev-parse", "HEAD:models/part.stl") == blob


class OnlySettings:
    """Files of which nothing but settings can be read any more."""

    def __init__(self, files: Files) -> None:
        self.entries = files.entries
        self._files = files

    def read(self, path: str) -> bytes:
        assert path.endswith(".ini"), f"{path} was read again"
        return self._files.read(path)


def test_a_second_process_reads_no_document_and_no_model_again(
    farm: Any, opened: Any, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    cache = open_cache(RealDisk(), state)
    files = committed_files(opened(farm), farm.head())
    first = collect(Reading(files, cache), Wanted())
    cache.save(RealDisk(), state)
    later = Reading(OnlySettings(files), open_cache(RealDisk(), state))
    assert collect(later, Wanted()) == first
