"""A new farm: a git repository with an empty farm, its default policy and a first commit."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from farmctl import __version__
from farmctl.errors import FarmctlError
from farmctl.farmrepo.commit import commit_paths
from farmctl.farmrepo.edit import set_value
from farmctl.farmrepo.emit import scalar
from farmctl.farmrepo.identity import Signature
from farmctl.farmrepo.layout import FARM, STATE, policy_path
from farmctl.farmrepo.pull_requests import CHECKS, IMAGE, check_files
from farmctl.farmrepo.repository import Repository
from farmctl.farmrepo.schema import schema_files
from farmctl.farmrepo.write import schema_line
from farmctl.model.documents.kinds import Kind

IGNORED = ".gitignore"


class FarmExists(FarmctlError):  # noqa: N818 - reads as what it says
    """There is a farm, or something in its way, already."""


class NewFarm(Struct, frozen=True):
    """What a new farm is.

    Args:
        id: 8 random digits from 0-9 and a-f.
        name: What people call it.
        timezone: Where it is (IANA name).
        sample: Files of the reference farm by path; empty for an empty farm.
        image: The container image in which pull requests are looked at.
    """

    id: str
    name: str
    timezone: str = "UTC"
    sample: Mapping[str, bytes] = field(default_factory=dict)
    image: str = IMAGE


def init(repository: Repository, farm: NewFarm, by: Signature) -> str:
    """Write a new farm into the repository and commit it; return the commit.

    What looks at pull requests and commits is left as it is where the repository has its own.

    Raises FarmExists when a file that it needs is there already.
    """
    kept = own_checks(repository)
    files = {path: raw for path, raw in farm_files(farm).items() if path not in kept}
    in_the_way = sorted(path for path in files if repository.disk.stat(repository.top / path))
    if in_the_way:
        raise FarmExists(
            f"{in_the_way[0]} is there already", "choose another folder: `farmctl init DIR`"
        )
    files = {**files, IGNORED: _ignoring(repository)}
    for path, raw in files.items():
        repository.disk.replace(repository.top / path, raw)
    commit = commit_paths(repository, files, f"{farm.name}: a new farm", by)
    if commit is None:
        raise FarmExists("the farm is committed already", "cd there and type `farmctl status`")
    return commit


def own_checks(repository: Repository) -> tuple[str, ...]:
    """Return which files for forges and pre-commit a repository has already."""
    return tuple(each for each in CHECKS if repository.disk.stat(repository.top / each))


def farm_files(farm: NewFarm) -> dict[str, bytes]:
    """Return the files of a new farm by path."""
    made = {**schema_files(), **check_files(farm.image, __version__)}
    if not farm.sample:
        own = {FARM: _farm_text(farm), policy_path("default"): _policy_text()}
        return {**made, **{path: text.encode() for path, text in own.items()}}
    text = farm.sample[FARM].decode()
    for key, value in (("id", farm.id), ("name", farm.name)):
        text = set_value(text, (key,), value)
    return {**made, **farm.sample, FARM: text.encode()}


def _farm_text(farm: NewFarm) -> str:
    return (
        schema_line(Kind.FARM, FARM)
        + f"""schema: farm/v1
requires: farmctl>=0.1
id: {scalar(farm.id)}  # names the farm wherever its clones are: leave it as it is
name: {scalar(farm.name)}
timezone: {scalar(farm.timezone)}
automation: {{commit_plans: true, policy: default}}
slicers: {{}}  # farmctl slicer pin
printers: []  # farmctl printer add NAME URL
"""
    )


def _policy_text() -> str:
    path = policy_path("default")
    return (
        schema_line(Kind.POLICY, path)
        + """# What happens without asking a person. A model that fails preflight is never made.
schema: policy/v1
name: default
auto:
  approve_plan: true
  slice: true
  dispatch: true
  reprint: {reasons: [], max_tries: 2}  # reasons like [runout, power_loss]: made again unasked
require_approval:  # where any line matches, a person is asked: farmctl approve
  - {gate: approve_plan, preflight: [warn]}
outcomes: presume_success  # or ask: parts of a completed print count after a person's word
hold_printer:  # so many failures of a family hold a printer: farmctl unhold
  - {family: thermal, count: 1, hours: 24}
"""
    )


def _ignoring(repository: Repository) -> bytes:
    """Return the ignore file with the state folder in it."""
    try:
        text = repository.disk.read(repository.top / IGNORED).decode("utf-8", "replace")
    except FileNotFoundError:
        text = ""
    line = f"{STATE}/"
    if line in text.split("\n"):
        return text.encode()
    return (text + ("" if text.endswith("\n") or not text else "\n") + line + "\n").encode()
