"""What goes wrong with the farm's files in git: rewritten, set back, half saved, gone."""

from __future__ import annotations

from functools import partial

from farmctl.farmrepo.layout import FARM
from farmctl.soak.documents import Tree
from farmctl.soak.host import Excuse
from farmctl.soak.remote import Commit
from farmctl.soak.stage import Stage
from farmctl.soak.strike import Catalogue

_MENDED_AFTER_S = 600.0


async def _force_pushed(stage: Stage, _name: str) -> None:
    """Rewrite history: the same files, as one commit without a past."""
    remote = stage.remote
    remote.push(Commit(None, remote.files))


async def _rolled_back(stage: Stage, _name: str) -> None:
    """Set the branch back by a few commits; later what is missing is committed again."""
    remote = stage.remote
    files = {**remote.files, **remote.whole}
    remote.whole.update(files)  # older halves may come up: nobody takes them for the whole
    for _ in range(stage.dice.randint(1, 3)):
        parent = remote.commits[remote.tip].parent
        if parent is not None:
            remote.tip = parent
    stage.later(_MENDED_AFTER_S, partial(_bring_back, stage, files))


async def _half_saved(stage: Stage, _name: str) -> None:
    """Commit the first half of a file, of the farm or of an order."""
    files = stage.remote.files
    paths = [path for path in sorted(files) if path == FARM or path.startswith("orders/")]
    path = stage.dice.choice(paths)
    whole = stage.remote.whole.setdefault(path, files[path])
    stage.host.excuses.add(Excuse.REVISION)
    stage.remote.commit({path: whole[: stage.dice.randrange(len(whole))]})
    stage.later(_MENDED_AFTER_S, partial(_bring_back, stage, {path: whole}))


async def _branch_deleted(stage: Stage, _name: str) -> None:
    remote = stage.remote
    remote.is_gone = True
    stage.later(_MENDED_AFTER_S, partial(setattr, remote, "is_gone", False))


def _bring_back(stage: Stage, files: Tree) -> None:
    """Commit what is missing, or was half saved, on whatever the branch is by now."""
    stage.remote.commit(files)
    for path in files:
        stage.remote.whole.pop(path, None)


FAULTS_OF_GIT: Catalogue = {
    "force-pushed": _force_pushed,
    "rolled back": _rolled_back,
    "half saved": _half_saved,
    "branch deleted": _branch_deleted,
}
