"""A git repository: the one place that asks git, and the only one that knows GitPython.

Nothing that a repository brings along is started: no hook, no file system monitor, no filter, no
remote helper but those that fetch over https, ssh or from a folder. Objects are read by their id;
what `refs/replace` would put in their place is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import git
from msgspec import Struct

from farmctl.errors import FarmctlError
from farmctl.farmrepo.filters import ASK, emptied
from farmctl.system.disk import Disk, RealDisk

_SAFE = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.fsync=all",
    "fetch.fsckObjects=true",
    "gc.auto=0",
    "maintenance.auto=false",
    "protocol.allow=never",
    "protocol.file.allow=always",
    "protocol.http.allow=always",
    "protocol.https.allow=always",
    "protocol.ssh.allow=always",
    "submodule.recurse=false",
)
_ENVIRONMENT = {
    "GIT_LFS_SKIP_SMUDGE": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}
_WAIT_S = 60.0
_READS_FILES = frozenset({"status", "update-index"})
"""Commands that look into files of the work tree, and would send them through filters."""


class GitFailed(FarmctlError):  # noqa: N818 - reads as what it says
    """Git did not do what was asked."""


class NoRepository(FarmctlError):  # noqa: N818 - reads as what it says
    """There is no git repository where a farm should be."""


class NoRevision(FarmctlError):  # noqa: N818 - reads as what it says
    """A name that should name a commit does not."""


class Answer(Struct, frozen=True):
    """How a git command ended."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        """Return what it said, without the line's end."""
        return self.out.decode("utf-8", "surrogateescape").rstrip("\n")


class Repository:
    """One git repository.

    Args:
        repo: GitPython's own.
        disk: How files in its folders are read and written.
    """

    def __init__(self, repo: git.Repo, disk: Disk) -> None:
        self._repo = repo
        self.disk = disk
        self.git_dir = Path(repo.git_dir)
        self.top = Path(repo.working_tree_dir or repo.git_dir)
        self.has_work_tree = not repo.bare
        repo.git.update_environment(**_ENVIRONMENT, GIT_INDEX_FILE=str(self.index))

    @property
    def index(self) -> Path:
        """The person's index."""
        return self.git_dir / "index"

    def run(self, *argv: str, env: Mapping[str, str] | None = None) -> Answer:
        """Return how `git argv…` ended, whatever the end."""
        settings = (*_SAFE, *(self._no_filters if argv[0] in _READS_FILES else ()))
        options = [part for setting in settings for part in ("-c", setting)]
        code, out, err = self._repo.git.execute(
            ["git", *options, *argv],
            env=dict(env or {}),
            kill_after_timeout=_WAIT_S,
            stdout_as_string=False,
            strip_newline_in_stdout=False,
            with_exceptions=False,
            with_extended_output=True,
        )
        return Answer(code, out, err)

    @cached_property
    def _no_filters(self) -> tuple[str, ...]:
        """Settings that empty every filter which somebody configured for this user or clone."""
        return emptied(self.run(*ASK).text)

    def ask(self, *argv: str, env: Mapping[str, str] | None = None) -> str:
        """Return what `git argv…` says. Raises GitFailed when it does not succeed."""
        answer = self.run(*argv, env=env)
        if answer.code != 0:
            raise failed(argv[0], answer)
        return answer.text

    def read(self, blob: str) -> bytes:
        """Return the bytes of an object. Raises GitFailed when it is not there."""
        try:
            return self._repo.git.get_object_data(blob)[3]
        except ValueError as error:
            raise GitFailed(
                f"object {blob} is not in this clone", "fetch it: `git fetch`, or clone anew"
            ) from error

    def commit_of(self, revision: str) -> str | None:
        """Return the id of the commit that a revision names, or None when it names none."""
        answer = self.run(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
        )
        return answer.text if answer.code == 0 else None

    def resolve(self, revision: str) -> str:
        """Return the id of the commit that a revision names. Raises NoRevision."""
        commit = self.commit_of(revision)
        if commit is not None:
            return commit
        if revision == "HEAD":
            raise NoRevision("the farm has no commit yet", "farmctl commit -m 'first'")
        raise NoRevision(f"`{revision}` names no commit here", "see `git log --oneline --all`")

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Return whether `newer` has `older` in its past, or is it."""
        return self.run("merge-base", "--is-ancestor", older, newer).code == 0

    def close(self) -> None:
        """End the processes that GitPython keeps."""
        self._repo.close()


@contextmanager
def open_repository(path: Path, disk: Disk | None = None) -> Iterator[Repository]:
    """Open the repository that `path` is in. Raises NoRepository."""
    repository = Repository(_find(path), disk or RealDisk())
    try:
        yield repository
    finally:
        repository.close()


def _find(path: Path) -> git.Repo:
    try:
        return git.Repo(path, search_parent_directories=True)
    except (git.InvalidGitRepositoryError, git.NoSuchPathError) as error:
        raise NoRepository(
            f"{path} is in no git repository", "make a farm there: `farmctl init DIR`"
        ) from error


def failed(command: str, answer: Answer) -> GitFailed:
    """Return the error for a git command that failed, in git's own words."""
    words = " ".join(answer.err.split()).removeprefix("fatal: ").removeprefix("error: ")
    return GitFailed(f"git {command} failed: {words or f'exit code {answer.code}'}")


def create_repository(folder: Path) -> None:
    """Make a git repository of a folder, without the hooks that git copies in; or leave it one."""
    if not (folder / ".git").exists():
        git.Repo.init(
            folder,
            mkdir=True,
            initial_branch="main",
            template="",
            allow_unsafe_options=True,  # GitPython counts any template as one: ours is none
        ).close()
