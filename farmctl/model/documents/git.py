"""`git:` in `farm.yaml`: which branch the farm follows, and where changes are reviewed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from farmctl.model.documents.common import Document
from farmctl.model.documents.form import Form
from farmctl.model.documents.secret import SecretReference

_STEP = r"(?!\.)(?:(?!\.\.|\.lock(?:/|$)|@\{)[A-Za-z0-9._@+-])+(?<!\.)"

Branch = Annotated[
    str,
    Form(
        "a branch",
        "letters, digits, dots, dashes and underscores, / between",
        "farmctl/plans",
        rf"(?!-){_STEP}(?:/{_STEP})*",
    ),
]
Followed = Annotated[
    str,
    Form(
        "a branch of a remote",
        "the remote's name, / and the branch",
        "origin/main",
        rf"(?!-){_STEP}(?:/{_STEP})+",
    ),
]
ForgeUrl = Annotated[
    str,
    Form(
        "a forge's address",
        "https://, a host, perhaps a port and a path; no user or password; http:// on this host",
        "https://git.example.org",
        r"(?:https://[^\s/@?#]+|http://(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?)"
        r"(?:/[^\s?#]*)?",
    ),
]
Project = Annotated[
    str,
    Form(
        "a project",
        "its owner, / and its name",
        "acme/farm",
        r"(?:[A-Za-z0-9_.-]+/)+[A-Za-z0-9_.-]+",
    ),
]
ForgeKind = Literal["github", "gitlab", "gitea"]


class Forge(Document):
    """Where pull requests are opened. What is left out is told from the remote's address."""

    kind: ForgeKind | None = Field(
        default=None, description="`gitea` is also Forgejo; left out: by the remote's host."
    )
    url: ForgeUrl | None = Field(
        default=None, description="Where it answers; left out: at the remote's host."
    )
    project: Project | None = Field(
        default=None, description="Owner and name; left out: those of the remote's address."
    )
    token: SecretReference = Field(
        description="Where the token is found that may open pull requests: a reference, no secret."
    )


class Git(Document):
    """Which branch counts, where build plans go, and where people review."""

    follow: Followed = Field(
        description="What `run`, `apply` and `plan` follow.", examples=["origin/main"]
    )
    plans: Branch = Field(
        default="farmctl/plans", description="farmctl's own branch for build plans."
    )
    forge: Forge | None = Field(default=None, description="Where pull requests are opened.")
