"""`farmctl order`: from what a person types to a committed order, and what is refused on the way."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from farmctl.testing.parts import PARTS
from tests.cli.terminal import on_a_terminal
from tests.floor.small_farm import commit_all, git, make_farm, type_in

DUE = "2199-12-01"


@pytest.fixture
def farm(tmp_path: Path) -> Path:
    """A farm with PLA/white in `one`, PETG/black in `two`, and an order of boxes."""
    return make_farm(tmp_path / "farm")


@pytest.fixture
def bracket(tmp_path: Path) -> Path:
    path = tmp_path / "bracket.stl"
    path.write_bytes(PARTS["bracket"]())
    return path


def add(farm: Path, *words: object, filament: str | None = "PLA/white") -> tuple[int, str, str]:
    more = () if filament is None else ("--filament", filament)
    done = type_in(farm, "order", "add", *map(str, words), *more)
    return done.code, done.out, done.err


def order(farm: Path, name: str) -> dict:
    raw = git(farm, "show", f"HEAD:orders/{name}.yaml")
    return YAML(typ="safe").load(raw)


# -- add ------------------------------------------------------------------------------------------


def test_an_order_is_committed_with_its_model(farm: Path, bracket: Path) -> None:
    code, out, err = add(farm, bracket, "-q", 2)
    commit = git(farm, "rev-parse", "HEAD")[:7]
    assert (code, err) == (0, "")
    assert out == (
        "ord-2: 2 × bracket, PLA/white, standard, payment waived\n"
        "bracket.stl: watertight, 50 × 50 × 5 mm, 5.5 cm³, one body, fits one, two\n"
        f"committed models/bracket.stl, orders/ord-2.yaml (commit {commit})\n"
        "next: farmctl plan\n"
    )
    assert git(farm, "show", "--name-only", "--format=%s|%an", "HEAD").splitlines() == [
        "orders: ord-2, 2 × bracket|Ada",
        "",
        "models/bracket.stl",
        "orders/ord-2.yaml",
    ]
    item = order(farm, "ord-2")["items"][0]
    assert item["quantity"] == 2
    assert item["model"]["path"] == "models/bracket.stl"
    assert type_in(farm, "validate").code == 0


def test_every_option_reaches_the_document(farm: Path, bracket: Path) -> None:
    words = [
        *("-q", 3, "--quality", "draft", "--use", "cosmetic", "--due", f"{DUE} 17:00"),
        *("--priority", "urgent", "--for", "etsy:318", "--customer", "acme-77"),
        *("--profile", "pla-0.4-draft"),
    ]
    assert add(farm, bracket, *words)[0] == 0
    found = order(farm, "ord-2")
    item = found["items"][0]
    assert str(found["due"]).startswith("2199-12-01")
    assert {key: found[key] for key in ("priority", "external", "customer", "source")} == {
        "priority": "urgent",
        "external": {"system": "etsy", "id": "318"},
        "customer": "acme-77",
        "source": "manual",
    }
    assert {key: item[key] for key in ("quantity", "quality", "use", "profile", "filaments")} == {
        "quantity": 3,
        "quality": "draft",
        "use": "cosmetic",
        "profile": "pla-0.4-draft",
        "filaments": [{"material": "PLA", "color": "white"}],
    }


def test_the_due_time_is_shown_in_the_farms_time_zone(farm: Path, bracket: Path) -> None:
    _, out, _ = add(farm, bracket, "--due", "2199-07-01T15:00:00+00:00")
    assert "due Mon 1 Jul 17:00" in out


def test_a_material_is_completed_by_what_is_loaded(farm: Path, bracket: Path) -> None:
    code, out, _ = add(farm, bracket, filament="petg")
    assert code == 0
    assert "PETG/black (loaded in two), standard" in out


def test_a_profile_says_material_and_quality(farm: Path, bracket: Path) -> None:
    _, out, _ = add(farm, bracket, "--profile", "pla-0.4-draft", filament=None)
    assert "PLA/white (loaded in one), draft" in out


def test_several_models_are_items_of_one_order(farm: Path, tmp_path: Path, bracket: Path) -> None:
    again = tmp_path / "more" / "Bracket.STL"
    again.parent.mkdir()
    again.write_bytes(PARTS["clip"]())
    assert add(farm, bracket, again)[0] == 0
    items = order(farm, "ord-2")["items"]
    assert [(each["name"], each["model"]["path"]) for each in items] == [
        ("bracket", "models/bracket.stl"),
        ("bracket-2", "models/Bracket.STL"),
    ]


def test_other_bytes_under_a_taken_name_get_a_place_of_their_own(
    farm: Path, tmp_path: Path
) -> None:
    other = tmp_path / "box.stl"
    other.write_bytes(PARTS["gear"]())
    before = (farm / "models/box.stl").read_bytes()
    assert add(farm, other)[0] == 0
    path = order(farm, "ord-2")["items"][0]["model"]["path"]
    assert path.startswith("models/box-")
    assert (farm / path).read_bytes() == PARTS["gear"]()
    assert (farm / "models/box.stl").read_bytes() == before


def test_a_model_of_the_farm_stays_where_it_is(farm: Path) -> None:
    assert add(farm, farm / "models/box.stl")[0] == 0
    assert order(farm, "ord-2")["items"][0]["model"]["path"] == "models/box.stl"
    assert git(farm, "show", "--name-only", "--format=", "HEAD") == "orders/ord-2.yaml"


@pytest.mark.parametrize(
    "name", ["Halter (v2), größer.stl", "#1.stl", "---.stl", "x" * 90 + ".stl"]
)
def test_any_name_of_a_file_is_good_enough(farm: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(PARTS["clip"]())
    assert add(farm, tmp_path / name)[0] == 0
    assert type_in(farm, "validate").code == 0


def test_the_same_order_of_another_system_is_added_once(farm: Path, bracket: Path) -> None:
    assert add(farm, bracket, "--for", "etsy:318")[0] == 0
    head = git(farm, "rev-parse", "HEAD")
    code, out, err = add(farm, bracket, "-q", 9, "--for", "etsy:318", "-o", "name")
    assert (code, out) == (0, "ord-2\n")
    assert err == "etsy:318 is order ord-2 already: farmctl order set ord-2 changes it\n"
    assert git(farm, "rev-parse", "HEAD") == head


def test_a_canceled_orders_number_is_not_used_again(farm: Path, bracket: Path) -> None:
    add(farm, bracket)
    type_in(farm, "order", "cancel", "ord-2", "--reason", "fraud")
    assert add(farm, bracket, "-o", "name")[1] == "ord-3\n"


def test_json_names_the_order(farm: Path, bracket: Path) -> None:
    out = add(farm, bracket, "-o", "json")[1]
    assert json.loads(out) == {"schema": "farmctl.order/v1", "id": "ord-2"}


def test_what_no_printer_can_make_is_ordered_and_said(farm: Path, tmp_path: Path) -> None:
    _, out, _ = add(farm, farm / "models/box.stl", "--quality", "fine")
    assert "not yet on generic-250@1.0.0: no profile in production makes PLA, fine" in out


def test_a_farm_without_printers_says_what_is_missing(tmp_path: Path, bracket: Path) -> None:
    type_in(tmp_path, "init", str(tmp_path / "empty"))
    code, out, _ = add(tmp_path / "empty", bracket)
    assert code == 0
    assert "nothing can make it yet: the farm has no printers: farmctl printer add" in out


BAD: Mapping[str, tuple[tuple[str, ...], int, str]] = {
    "quantity 0": (("-q", "0"), 2, "0 is no quantity"),
    "negative": (("-q", "-3"), 2, "-3 is no quantity"),
    "too many": (("-q", "100001"), 2, "quantity"),
    "no quality": (("--quality", "standart"), 2, "did you mean `standard`?"),
    "no use": (("--use", "decoration"), 2, "there is no use `decoration`"),
    "no priority": (("--priority", "hi"), 2, "there is no priority `hi`"),
    "no profile": (("--profile", "pla-0.4-standart"), 1, "did you mean pla-0.4-standard"),
    "no day": (("--due", "someday"), 2, "`someday` is no day or time"),
    "no time": (("--due", "fri 25:00"), 2, "`fri 25:00` is no day or time"),
    "over": (("--due", "2020-01-01"), 2, "2020-01-01 is over"),
    "no offset": (("--due", "2199-13-01"), 2, "is no day or time"),
    "no system": (("--for", "318760"), 2, "names no order of another system"),
    "no number": (("--for", "etsy:"), 2, "`` is not a reference"),
    "a system in capitals": (("--for", "Etsy Shop:1"), 2, "`Etsy Shop` is not a name"),
    "a person": (("--customer", "Ada Lovelace"), 2, "a reference"),
    "no color": (("--filament", "PLA/"), 2, "`PLA/` is no filament"),
    "no material": (("--filament", "/white"), 2, "`/white` is no filament"),
    "a strange material": (("--filament", "PTEG/black"), 2, "did you mean `PETG`?"),
    "a strange material alone": (("--filament", "ABS"), 2, "no profile of this farm is for ABS"),
}


@pytest.mark.parametrize(("words", "code", "said"), BAD.values(), ids=BAD.keys())
def test_bad_words_are_refused_and_nothing_is_written(
    farm: Path, bracket: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    before = git(farm, "rev-parse", "HEAD"), git(farm, "status", "--porcelain")
    filament = None if "--filament" in words else "PLA/white"
    found, out, err = add(farm, bracket, *words, filament=filament)
    assert (found, out) == (code, "")
    assert said in err
    assert "\nmend: " in err
    assert (git(farm, "rev-parse", "HEAD"), git(farm, "status", "--porcelain")) == before


def test_a_missing_model_names_one_that_is_close(farm: Path, bracket: Path) -> None:
    code, _, err = add(farm, bracket.with_name("brackt.stl"))
    assert (code, err.splitlines()[1]) == (2, f"mend: did you mean `{bracket}`?")


@pytest.mark.parametrize(
    ("raw", "code", "said"),
    [(b"", 4, "cannot be printed"), (b"a letter to a friend", 4, "cannot be printed")],
)
def test_a_model_that_is_none_is_refused(
    farm: Path, tmp_path: Path, raw: bytes, code: int, said: str
) -> None:
    (tmp_path / "odd.stl").write_bytes(raw)
    found, _, err = add(farm, tmp_path / "odd.stl")
    assert (found, said in err) == (code, True)
    assert not (farm / "models/odd.stl").exists()


def test_a_folder_is_no_model(farm: Path, tmp_path: Path) -> None:
    assert add(farm, tmp_path)[0::2] == (
        2,
        f"error: {tmp_path} is a folder\nmend: name the model in it\n",
    )


def test_words_that_typer_knows_end_with_2(farm: Path) -> None:
    assert type_in(farm, "order", "add").code == 2
    assert type_in(farm, "order", "add", "x.stl", "-q", "many").code == 2
    assert type_in(farm, "order", "lift").code == 2


def test_outside_a_farm_there_are_no_orders(tmp_path: Path) -> None:
    done = type_in(tmp_path, "order", "list")
    assert (done.code, "is not in a farm" in done.err) == (2, True)


# -- what is not clear ----------------------------------------------------------------------------


def test_an_open_question_is_an_error_where_nobody_can_be_asked(farm: Path, bracket: Path) -> None:
    code, _, err = add(farm, bracket, filament=None)
    assert (code, err) == (
        2,
        "error: which filament?\nmend: say --filament PETG/black, one of PETG/black, PLA/white\n",
    )


def test_an_open_question_is_asked_on_a_terminal(farm: Path, bracket: Path) -> None:
    words = ["order", "add", str(bracket)]
    done = on_a_terminal(farm, words, "PLA/blue\nPETG/black\n")
    assert done.code == 0
    assert "which filament? (PETG/black, PLA/white)" in done.text
    assert "`PLA/blue` is none of PETG/black, PLA/white" in done.text
    assert "ord-2: 1 × bracket, PETG/black" in done.text


def test_the_reason_of_a_cancellation_is_asked(farm: Path) -> None:
    assert type_in(farm, "order", "cancel", "ord-1").code == 2
    assert on_a_terminal(farm, ["order", "cancel", "ord-1"], "\n").code == 0
    assert order(farm, "ord-1")["canceled"]["reason"] == "customer_request"


# -- a person's own work --------------------------------------------------------------------------


def test_a_persons_own_work_is_as_it_was(farm: Path, bracket: Path) -> None:
    (farm / "staged.txt").write_text("staged")
    git(farm, "add", "staged.txt")
    (farm / "policies/default.yaml").write_text((farm / "policies/default.yaml").read_text() + "\n")
    (farm / "untracked.txt").write_text("untracked")
    before = git(farm, "status", "--porcelain")
    for words in (
        ("add", str(bracket), "--filament", "PLA/white"),
        ("set", "ord-2", "priority=high"),
        ("cancel", "ord-2", "--reason", "fraud"),
    ):
        assert type_in(farm, "order", *words).code == 0
        assert git(farm, "status", "--porcelain") == before
    assert (farm / "untracked.txt").read_text() == "untracked"


def test_an_order_with_changes_of_ones_own_is_left_alone(farm: Path) -> None:
    path = farm / "orders/ord-1.yaml"
    path.write_text(path.read_text().replace("quantity: 3", "quantity: 5"))
    done = type_in(farm, "order", "set", "ord-1", "priority=high")
    assert done.code == 4
    assert done.err == (
        "error: orders/ord-1.yaml has changes that are not committed\n"
        'mend: farmctl commit -m "…" first\n'
    )
    assert "quantity: 5" in path.read_text()


# -- set ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pairs", "key", "value"),
    [
        (("priority=high",), "priority", "high"),
        (("customer=acme-78",), "customer", "acme-78"),
        (("payment=paid",), "payment", {"status": "paid"}),
        (("quantity=12",), "quantity", 12),
        (("box.quantity=0",), "quantity", 0),
        (("filament=petg/black",), "filaments", [{"material": "PETG", "color": "black"}]),
        (("quality=fine",), "quality", "fine"),
        (("use=functional",), "use", "functional"),
        (("profile=pla-0.4-draft",), "profile", "pla-0.4-draft"),
    ],
)
def test_every_key_can_be_set(farm: Path, pairs: tuple[str, ...], key: str, value: object) -> None:
    done = type_in(farm, "order", "set", "ord-1", *pairs)
    commit = git(farm, "rev-parse", "HEAD")[:7]
    assert (done.code, done.err) == (0, f"ord-1: {', '.join(pairs)} (commit {commit})\n")
    found = order(farm, "ord-1")
    assert (found if key in found else found["items"][0])[key] == value
    assert type_in(farm, "validate").code == 0


def test_what_was_set_can_be_taken_away(farm: Path) -> None:
    type_in(
        farm, "order", "set", "ord-1", f"due={DUE}", "customer=acme-77", "profile=pla-0.4-draft"
    )
    assert order(farm, "ord-1")["due"] is not None
    type_in(farm, "order", "set", "ord-1", "due=none", "customer=", "profile=none")
    found = order(farm, "ord-1")
    assert (found["due"], found["customer"], found["items"][0]["profile"]) == (None, None, None)


def test_what_an_order_says_already_is_no_commit(farm: Path) -> None:
    head = git(farm, "rev-parse", "HEAD")
    done = type_in(farm, "order", "set", "ord-1", "quantity=3")
    assert (done.code, done.err) == (0, "ord-1 says so already\n")
    assert git(farm, "rev-parse", "HEAD") == head


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("ord-9", "priority=high"), 1, "did you mean ord-1?"),
        (("ord-1", "priority"), 2, "`priority` says no value"),
        (("ord-1", "prority=high"), 2, "did you mean `priority`?"),
        (("ord-1", "lid.quantity=3"), 2, "there is no item of ord-1 `lid`"),
        (("ord-1", "box.priority=high"), 2, "there is no key `priority`"),
        (("ord-1", "quantity=-1"), 2, "`-1` is no quantity"),
        (("ord-1", "quantity=²"), 2, "`²` is no quantity"),
        (("ord-1", "quantity=200000"), 2, "quantity"),
        (("ord-1", "priority=hgh"), 2, "did you mean `high`?"),
        (("ord-1", "payment=gold"), 2, "there is no payment `gold`"),
        (("ord-1", "filament=PLA"), 2, "`PLA` is no filament"),
        (("ord-1", "filament=ABS/red"), 2, "no profile of this farm is for ABS"),
        (("ord-1", "profile=abs"), 1, "there is no profile `abs`"),
        (("ord-1", "due=soon"), 2, "`soon` is no day or time"),
        (("ord-1", "due=2020-01-01"), 2, "2020-01-01 is over"),
        (("ord-1", "customer=Ada Lovelace"), 2, "a reference"),
        (("ord-1",), 2, "KEY=VALUE"),
    ],
)
def test_what_cannot_be_set_is_refused(
    farm: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    head = git(farm, "rev-parse", "HEAD")
    done = type_in(farm, "order", "set", *words)
    assert (done.code, said in done.err) == (code, True), done.err
    assert git(farm, "rev-parse", "HEAD") == head
    assert git(farm, "status", "--porcelain") == ""


def test_which_of_several_items_must_be_said(farm: Path, tmp_path: Path, bracket: Path) -> None:
    add(farm, bracket, farm / "models/box.stl")
    done = type_in(farm, "order", "set", "ord-2", "quantity=4")
    assert (done.code, done.err) == (
        2,
        "error: which item's quantity? ord-2 has bracket, box\nmend: write bracket.quantity=…\n",
    )
    assert type_in(farm, "order", "set", "ord-2", "box.quantity=4").code == 0
    assert [each["quantity"] for each in order(farm, "ord-2")["items"]] == [1, 4]


# -- cancel ---------------------------------------------------------------------------------------


def test_an_order_is_canceled_with_its_reason(farm: Path) -> None:
    done = type_in(farm, "order", "cancel", "ord-1", "--reason", "nonpayment")
    commit = git(farm, "rev-parse", "HEAD")[:7]
    assert (done.code, done.err) == (0, f"ord-1 canceled: nonpayment (commit {commit})\n")
    assert order(farm, "ord-1")["canceled"]["reason"] == "nonpayment"
    again = type_in(farm, "order", "cancel", "ord-1", "--reason", "fraud")
    assert (again.code, again.err) == (0, "ord-1 is canceled already\n")
    changed = type_in(farm, "order", "set", "ord-1", "priority=high")
    assert (changed.code, "ord-1 is canceled" in changed.err) == (4, True)


def test_a_cancellation_has_a_known_reason(farm: Path) -> None:
    done = type_in(farm, "order", "cancel", "ord-1", "--reason", "frauds")
    assert (done.code, "did you mean `fraud`?" in done.err) == (2, True)


# -- list -----------------------------------------------------------------------------------------


@pytest.fixture
def listed(farm: Path, bracket: Path) -> Path:
    add(
        farm,
        bracket,
        "-q",
        12,
        "--due",
        f"{DUE} 17:00",
        "--priority",
        "urgent",
        "--for",
        "etsy:318",
    )
    add(farm, bracket, filament="PETG/black")
    type_in(farm, "order", "cancel", "ord-3", "--reason", "fraud")
    return farm


def test_the_list_of_orders(listed: Path, golden: Callable[..., None]) -> None:
    golden("order-list.txt", type_in(listed, "order", "list").out)
    golden("order-list-all.txt", type_in(listed, "order", "list", "--all").out)
    golden("order-list.json", type_in(listed, "order", "list", "--all", "-o", "json").out)
    golden("order-list.yaml", type_in(listed, "order", "list", "-o", "yaml").out)


def test_names_alone_go_into_other_commands(listed: Path) -> None:
    assert type_in(listed, "order", "list", "-o", "name").out == "ord-1\nord-2\n"


def test_a_long_list_of_parts_is_cut_unless_wide(farm: Path, tmp_path: Path) -> None:
    models = [tmp_path / f"a-long-name-of-a-part-{number}.stl" for number in range(6)]
    for each in models:
        each.write_bytes(PARTS["clip"]())
    add(farm, *models)
    lines = type_in(farm, "order", "list").out.splitlines()
    assert len(lines[-1]) == 100
    assert lines[-1].endswith("…")
    assert "a-long-name-of-a-part-5" in type_in(farm, "order", "list", "-o", "wide").out


def test_an_empty_list_says_what_to_do(farm: Path) -> None:
    type_in(farm, "order", "cancel", "ord-1", "--reason", "fraud")
    for form in ("table", "name"):
        done = type_in(farm, "order", "list", "-o", form)
        assert (done.out, done.err) == ("", "no open orders: farmctl order add MODEL\n")
    assert json.loads(type_in(farm, "order", "list", "-o", "json").out)["items"] == []


def test_an_order_with_a_fault_is_named(farm: Path) -> None:
    (farm / "orders/ord-7.yaml").write_text("schema: order/v1\nid: ord-7\n")
    commit_all(farm)
    done = type_in(farm, "order", "list")
    assert done.err.startswith("ord-7 stands still, orders/ord-7.yaml:")
    assert done.err.endswith("   farmctl validate\n")
    assert "ord-1" in done.out


def test_the_project_itself_is_no_farm_to_order_in() -> None:
    # an order that is not there: if this were no longer refused, nothing would be committed here
    root = Path(__file__).parents[2]
    done = type_in(root, "order", "set", "ord-0", "priority=high")
    assert (done.code, "farmctl's own sample farm" in done.err) == (4, True)


def test_who_wants_to_run_a_part_is_told_how_it_is_made(tmp_path: Path) -> None:
    done = type_in(tmp_path, "run", "part.stl")
    assert (done.code, done.err) == (
        2,
        "error: run takes no part.stl\nmend: to make a part: farmctl order add part.stl\n",
    )
