"""Slices on a cluster: workers that die, that are unfit, and schedulers that are not there."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from msgspec.structs import replace

from farmctl.ci.cluster import connection
from farmctl.ci.cluster.connection import connected
from farmctl.ci.cluster.errors import ClusterFailed
from farmctl.ci.cluster.fitness import Build, Seen, Unfit
from farmctl.ci.cluster.parcel import Delivery, Parcel
from farmctl.ci.cluster.spreading import Spreading, Work
from farmctl.ci.cluster.worker import seen_here, sliced_here, versions
from farmctl.ci.measuring import LIMITS
from farmctl.ci.outcome import Failed
from farmctl.ci.spread import WORKER_DIED
from farmctl.errors import Exit
from tests.ci.cases import request
from tests.ci.cluster import ROOT, START_S, Cluster, cluster

pytestmark = pytest.mark.slicer

PATIENCE_S = 3.0


def parcels(count: int, folder: Path) -> list[Parcel]:
    """Parcels for the slicer that is here; their settings say which one it is, and a folder."""
    found = seen_here(("prusaslicer",)).builds[0]
    plates = [
        replace(request(f"number = {n}\nfolder = {folder}"), slicer=found.digest)
        for n in range(count)
    ]
    return [Parcel(each, "prusaslicer", (b"mesh",), versions(), LIMITS) for each in plates]


def said(parcel: Parcel, name: str) -> str:
    lines = [line.split(" = ") for line in parcel.request.settings.decode().splitlines()]
    return next(line[1] for line in lines if line[0] == name)


def worker_name() -> str:
    from distributed import get_worker

    return str(get_worker().name)


def answer(parcel: Parcel) -> Delivery:
    return Delivery(Failed(said(parcel, "number"), worker_name()))


def dies_at_three(parcel: Parcel) -> Delivery:
    if said(parcel, "number") == "3":
        os.kill(os.getpid(), signal.SIGKILL)
    return answer(parcel)


def waits_once(parcel: Parcel) -> Delivery:
    """One of them, when it is tried first, says who has it, and never ends."""
    folder = Path(said(parcel, "folder"))
    if said(parcel, "number") != "3":
        return answer(parcel)
    try:
        (folder / "taken").mkdir()
    except FileExistsError:
        return answer(parcel)
    os.mkfifo(folder / "never")
    (folder / "by").write_text(worker_name())
    return Delivery(Failed((folder / "never").read_text(), ""))


def unfit_at_two(parcel: Parcel) -> Delivery | Unfit:
    from distributed import get_worker

    if worker_name() == "one":
        return answer(parcel)
    address = str(get_worker().address)
    return Unfit(address, "worker-other-slicer", "it was updated", "install it again")


def never(parcel: Parcel) -> Delivery:
    os.kill(os.getpid(), signal.SIGKILL)
    return answer(parcel)


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Cluster]:
    with cluster(tmp_path / "cluster", "one", "two") as made:
        yield made


def spread(
    made: Cluster, work: Work, count: int, told: list[Unfit] | None = None
) -> dict[int, Failed]:
    hears = [] if told is None else told
    with connected(made.address, PATIENCE_S) as client:
        spreading = Spreading(client, PATIENCE_S, hears.append, work)
        found = list(spreading.deliveries(parcels(count, made.folder)))
    numbers = [number for number, _ in found]
    assert sorted(numbers) == list(range(count)), "each comes once"
    return {number: each.outcome for number, each in found if isinstance(each.outcome, Failed)}


def test_all_are_made_by_the_workers_on_loopback_and_nothing_else_listens(two: Cluster) -> None:
    found = spread(two, answer, 12)
    assert {number: each.code for number, each in found.items()} == {
        number: str(number) for number in range(12)
    }
    assert {each.message for each in found.values()} <= {"one", "two"}
    own = psutil.Process().children(recursive=True)
    places = [each.laddr.ip for child in own for each in child.net_connections("inet")]
    assert set(places) == {"127.0.0.1"}


def test_one_worker_with_one_thread_does_not_leave_it_to_this_machine(tmp_path: Path) -> None:
    with cluster(tmp_path / "cluster", "one") as made:
        assert {each.message for each in spread(made, answer, 3).values()} == {"one"}


def test_what_kills_its_worker_again_and_again_has_failed_and_the_others_go_on(
    tmp_path: Path,
) -> None:
    allowed = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
    with cluster(tmp_path / "cluster", **allowed) as made:
        made.worker("one", "--nanny")
        made.worker("two", "--nanny")
        found = spread(made, dies_at_three, 8)
    assert found[3] == WORKER_DIED
    assert [each.code for number, each in sorted(found.items()) if number != 3] == [*"0124567"]


def test_what_a_dead_worker_had_is_made_by_another(two: Cluster) -> None:
    by = two.folder / "by"
    with connected(two.address, PATIENCE_S) as client:
        spreading = Spreading(client, PATIENCE_S, lambda _: None, waits_once)
        found = spreading.deliveries(parcels(6, two.folder))
        got = [next(found)]
        two.scheduler.wait_for(by.exists, timeout_s=START_S, what="a slice that never ends")
        two.scheduler.wait_for(by.read_text, timeout_s=START_S, what="the name of its worker")
        name = by.read_text()
        two.workers[name].kill()
        got += list(found)
    outcomes = {place: each.outcome for place, each in got}
    assert sorted(outcomes) == list(range(6))
    (survivor,) = {"one", "two"} - {name}
    assert outcomes[3] == Failed("3", survivor)


def test_without_a_worker_that_is_left_it_ends_by_name(two: Cluster) -> None:
    with pytest.raises(ClusterFailed, match=r"no worker for 3 s \(cluster-no-worker\)"):
        spread(two, never, 4)


def test_a_scheduler_that_goes_away_ends_it_by_name(two: Cluster) -> None:
    with connected(two.address, PATIENCE_S) as client:
        spreading = Spreading(client, PATIENCE_S, lambda _: None, waits_once)
        found = spreading.deliveries(parcels(6, two.folder))
        next(found)
        two.scheduler.kill()
        with pytest.raises(ClusterFailed, match="went away") as failed:
            list(found)
    assert failed.value.code == "cluster-lost"
    assert failed.value.exit == Exit.DEVICE


def test_a_scheduler_that_hangs_ends_it_by_name(two: Cluster) -> None:
    with connected(two.address, PATIENCE_S) as client:
        spreading = Spreading(client, PATIENCE_S, lambda _: None, waits_once)
        found = spreading.deliveries(parcels(6, two.folder))
        next(found)
        two.scheduler.freeze()
        with pytest.raises(ClusterFailed, match="it does not answer") as failed:
            list(found)
        two.scheduler.kill()
    assert failed.value.code == "cluster-lost"


def test_what_a_worker_got_that_turned_unfit_is_made_by_another(two: Cluster) -> None:
    told: list[Unfit] = []
    found = spread(two, unfit_at_two, 8, told)
    assert {each.message for each in found.values()} == {"one"}
    assert [each.message for each in told] == ["it was updated"]


def other_version(folder: Path) -> str:
    """farmctl as it is here, in another version, on a path."""
    shutil.copytree(ROOT / "farmctl", folder / "farmctl")
    front = folder / "farmctl/__init__.py"
    front.write_text(front.read_text().replace(versions().farmctl, "0.0.9"))
    return str(folder)


def without_ci(folder: Path) -> str:
    (folder / "farmctl").mkdir(parents=True)
    (folder / "farmctl/__init__.py").write_text("")
    return str(folder)


def test_workers_of_another_version_or_without_farmctl_are_left_out(
    tmp_path: Path,
) -> None:
    with cluster(tmp_path / "cluster", "one") as made:
        made.worker("old", "--no-nanny", PYTHONPATH=other_version(tmp_path / "old"))
        made.worker("bare", "--no-nanny", PYTHONPATH=without_ci(tmp_path / "bare"))
        told: list[Unfit] = []
        found = spread(made, answer, 6, told)
        assert {each.message for each in found.values()} == {"one"}
        assert sorted(each.code for each in told) == [
            "worker-other-versions", "worker-without-farmctl",
        ]  # fmt: skip
        assert any(f"it has farmctl 0.0.9 and Python {versions().python}" in e.said for e in told)


@pytest.mark.parametrize(
    ("made_in", "code"),
    [(other_version, "worker-other-versions"), (without_ci, "worker-without-farmctl")],
)
def test_where_no_other_worker_is_there_nothing_is_sliced(
    tmp_path: Path, made_in: Callable[[Path], str], code: str
) -> None:
    with cluster(tmp_path / "cluster") as made:
        made.worker("bad", "--no-nanny", PYTHONPATH=made_in(tmp_path / "bad"))
        with pytest.raises(ClusterFailed, match="no worker of the cluster may slice") as failed:
            spread(made, answer, 2)
    assert failed.value.code == code
    assert "pip install 'farmctl[dask]" in failed.value.mend


@pytest.mark.parametrize("next_one", ["three", ""])
def test_where_the_only_fit_worker_dies_no_unfit_one_takes_its_place(
    tmp_path: Path, next_one: str
) -> None:
    with cluster(tmp_path / "cluster", "one") as made:
        made.worker("bare", "--no-nanny", PYTHONPATH=without_ci(tmp_path / "bare"))
        by = made.folder / "by"
        with connected(made.address, PATIENCE_S) as client:
            spreading = Spreading(client, PATIENCE_S, lambda _: None, waits_once)
            found = spreading.deliveries(parcels(6, made.folder))
            got = [next(found)]
            made.scheduler.wait_for(by.exists, timeout_s=START_S, what="a slice that never ends")
            made.workers["one"].kill()
            if next_one:
                made.worker(next_one, "--no-nanny")
            got += list(found)
        assert "End worker" not in (made.folder / "bare.log").read_text(), "it got no slice"
    outcomes = {place: each.outcome for place, each in got}
    assert sorted(outcomes) == list(range(6))
    last = outcomes[3]
    assert isinstance(last, Failed)
    assert (last.code, last.message) == ("3", "three") if next_one else last.code == NOWHERE


NOWHERE = "slicer-not-pinned"


def test_a_scheduler_of_another_version_or_without_farmctl_is_named(tmp_path: Path) -> None:
    for made_in, said in (
        (other_version, "farmctl 0.0.9"),
        (without_ci, "no farmctl that answers"),
    ):
        path = made_in(tmp_path / made_in.__name__ / "lib")
        with (
            cluster(tmp_path / made_in.__name__, PYTHONPATH=path) as made,
            pytest.raises(ClusterFailed, match=f"has {said}") as failed,
            connected(made.address, PATIENCE_S),
        ):
            pass
        assert failed.value.code == "cluster-other-versions"
        assert "pip install" in failed.value.mend


def test_who_stops_in_the_middle_hears_no_warning(two: Cluster) -> None:
    with connected(two.address, PATIENCE_S) as client:
        found = Spreading(client, PATIENCE_S, lambda _: None, answer).deliveries(
            parcels(9, two.folder)
        )
        next(found)
        found.close()


def test_a_slicer_that_no_worker_has_fails_what_asks_for_it_alone(two: Cluster) -> None:
    here, gone = parcels(2, two.folder)
    gone = replace(gone, request=replace(gone.request, slicer=f"sha256:{'a' * 64}"))
    told: list[Unfit] = []
    with connected(two.address, PATIENCE_S) as client:
        spreading = Spreading(client, PATIENCE_S, told.append, answer)
        found = dict(spreading.deliveries([here, gone]))
        only = Spreading(client, PATIENCE_S, told.append, answer).deliveries([gone])
        assert told == [], "who is fit for something is not left out"
        with pytest.raises(ClusterFailed, match="pinned is sha256:aaaaaaaaaaaa") as failed:
            list(only)
    assert isinstance(found[0].outcome, Failed)
    assert found[0].outcome.code == "0"
    assert isinstance(found[1].outcome, Failed)
    assert found[1].outcome.code == "slicer-not-pinned"
    assert failed.value.code == "worker-other-slicer"


def test_a_scheduler_without_workers_is_named(tmp_path: Path) -> None:
    with (
        cluster(tmp_path / "cluster") as made,
        pytest.raises(ClusterFailed, match="has had no worker for 1 s") as failed,
        connected(made.address, 1.0),
    ):
        pass
    assert failed.value.code == "cluster-no-worker"


def test_nobody_listens_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as place:
        port = place.getsockname()[1]
    check_no_scheduler(f"tcp://127.0.0.1:{port}")


def test_what_listens_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "CONNECT_S", 2.0)
    with socket.create_server(("127.0.0.1", 0)) as place:
        check_no_scheduler(f"tcp://127.0.0.1:{place.getsockname()[1]}")


def test_what_listens_is_no_scheduler(two: Cluster) -> None:
    """A worker's own port, which speaks Dask's protocol, is none either."""
    with connected(two.address, PATIENCE_S) as client:
        worker = min(client.scheduler_info()["workers"])
    check_no_scheduler(worker)


def check_no_scheduler(address: str) -> None:
    with (
        pytest.raises(ClusterFailed, match=f"no Dask scheduler answers at {address}") as failed,
        connected(address, 1.0),
    ):
        pass
    assert failed.value.code == "cluster-no-scheduler"
    assert failed.value.exit == Exit.DEVICE
    assert "--scheduler" in failed.value.mend


def test_seen_is_what_a_worker_says_of_itself(two: Cluster) -> None:
    with connected(two.address, PATIENCE_S) as client:
        found = client.run(seen_here, ("prusaslicer",))
    assert len(found) == 2
    for each in found.values():
        assert isinstance(each, Seen)
        assert all(isinstance(build, Build) for build in each.builds)
        assert replace(each, builds=()) == versions()


def test_a_slicer_that_was_replaced_since_is_seen_at_the_slice_itself(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin/prusa-slicer"
    real = shutil.which("prusa-slicer")
    program.write_text(f'#!/bin/sh\nexec {real} "$@"\n')
    program.chmod(0o755)
    (parcel,) = parcels(1, tmp_path)
    older = replace(parcel, sender=Seen("0.0.9", parcel.sender.python))
    with cluster(tmp_path / "cluster") as made:
        made.worker("other", "--no-nanny", PATH=str(program.parent))
        with connected(made.address, PATIENCE_S) as client:
            (address,) = client.scheduler_info()["workers"]
            answers = [client.submit(sliced_here, each).result() for each in (parcel, older)]
        kept = made.cache_of("other") / "farmctl/ci"
        assert not (kept / "slices").exists()
        assert not (kept / "artifacts").exists()
    assert [type(each) for each in answers] == [Unfit, Unfit]
    assert [each.worker for each in answers] == [address, address]
    assert [each.code for each in answers] == ["worker-other-slicer", "worker-other-versions"]
