"""The personas, the rows of answers that have a name, and what a line of the table is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PAGE_PERSONAS = ("anonymous", "outsider", "viewer", "reviewer", "invited", "editor", "admin")
"""`reviewer` and `invited` are both reviewers; the queue of the world is open to `invited` only."""

API_PERSONAS = (
    "anonymous", "outsider", "viewer", "reviewer", "invited", "editor", "admin",
    "ingest key", "read key", "write key", "project key", "foreign key", "revoked key", "expired key",
)  # fmt: skip
"""`outsider` and `foreign key` belong to the other workspace; `project key` has all scopes, in one project."""

Answers = dict[str, int]


def pages(*answers: int) -> Answers:
    """The answers of PAGE_PERSONAS, in this order."""
    return dict(zip(PAGE_PERSONAS, answers, strict=True))


def api(*answers: int) -> Answers:
    """The answers of API_PERSONAS, in this order."""
    return dict(zip(API_PERSONAS, answers, strict=True))


# Pages. 302 of the anonymous leads to sign in, 404 hides, 403 refuses; `ok` is what those get who may.


def everybody(ok: int = 200) -> Answers:
    """Signed in or not."""
    return pages(ok, ok, ok, ok, ok, ok, ok)


def signed_in(ok: int = 200) -> Answers:
    """Outside any workspace."""
    return pages(302, ok, ok, ok, ok, ok, ok)


def members(ok: int = 200) -> Answers:
    """Of the workspace, whatever their role."""
    return pages(302, 404, ok, ok, ok, ok, ok)


def readers(ok: int = 200) -> Answers:
    """Who may read everything."""
    return pages(302, 404, ok, 403, 403, ok, ok)


def readers_of_one(ok: int = 200) -> Answers:
    """A thing that reviewers too may see, through the queues open to them."""
    return pages(302, 404, ok, 404, ok, ok, ok)


def reviewers(ok: int = 200) -> Answers:
    """Who reviews, in general."""
    return pages(302, 404, 403, ok, ok, ok, ok)


def reviewers_of_one(ok: int = 200, unnamed: int = 403) -> Answers:
    """Who reviews in this queue; `unnamed` is what editors and admins get whom the queue does not name."""
    return pages(302, 404, 403, 404, ok, unnamed, unnamed)


def editors(ok: int = 200) -> Answers:
    """Who may edit."""
    return pages(302, 404, 403, 403, 403, ok, ok)


def admins(ok: int = 200) -> Answers:
    """Who may administer."""
    return pages(302, 404, 403, 403, 403, 403, ok)


# The REST interface. `outsider` acts in their own workspace, and so does `foreign key`: for lists they get their own.


def api_everybody(ok: int = 200) -> Answers:
    """With a key or without, even a closed one."""
    return api(*[ok] * 14)


def api_callers(ok: int = 200) -> Answers:
    """Everybody who is known."""
    return api(401, ok, ok, ok, ok, ok, ok, ok, ok, ok, ok, ok, 401, 401)


def api_readers(ok: int = 200) -> Answers:
    """A list that readers get."""
    return api(401, ok, ok, 403, 403, ok, ok, 403, ok, ok, ok, ok, 401, 401)


def api_readers_of_one(ok: int = 200, reviewer: int = 404, invited: int | None = None, project: int = 404) -> Answers:
    """One thing: hidden from other workspaces; from a key of one project, unless it is in that project."""
    return api(401, 404, ok, reviewer, ok if invited is None else invited, ok, ok, 403, ok, ok, project, 404, 401, 401)


def api_editors(ok: int = 200, elsewhere: int | None = None, project: int = 403) -> Answers:
    """Who may edit; `elsewhere` is what the other workspace's people get (404 for one thing of ours)."""
    far = ok if elsewhere is None else elsewhere
    return api(401, far, 403, 403, 403, ok, ok, 403, 403, ok, project, far, 401, 401)


def api_admins(ok: int = 200, elsewhere: int | None = None) -> Answers:
    """Who may administer; a key of one project never may."""
    far = ok if elsewhere is None else elsewhere
    return api(401, far, 403, 403, 403, 403, ok, 403, 403, ok, 403, far, 401, 401)


def api_readers_and_reviewers(ok: int = 200) -> Answers:
    """A list that reviewers get too, shorter."""
    return api(401, ok, ok, ok, ok, ok, ok, 403, ok, ok, ok, ok, 401, 401)


def api_reviewers_of_one(ok: int = 200, write_key: int = 403, admin: int = 403) -> Answers:
    """Who reviews in this queue: those it names; `write_key` and `admin` are not named in the world."""
    return api(401, 404, 403, 404, ok, admin, admin, 403, 403, write_key, 403, 404, 401, 401)


def api_keys(ingest: int = 403, read: int = 200, write: int = 200, project: int = 200, foreign: int = 200) -> Answers:
    """The protocol of foreign SDKs: a session of the pages is nobody there."""
    return api(*[401] * 7, ingest, read, write, project, foreign, 401, 401)


@dataclass(frozen=True, slots=True)
class Route:
    """One address: its methods with the answers, what its ids name, and what is posted to it."""

    path: str
    methods: dict[str, Answers]
    names: dict[str, str] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    is_open: bool = False
    """Its ids are secrets that open it to whoever has them, so the other workspace's open too."""


def route(path: str, methods: dict[str, Answers], *, is_open: bool = False, data: Any = None, **names: str) -> Route:
    """A line of the table; `names` says for each id in the path which thing of the world it is."""
    return Route(path, methods, names, data or {}, is_open)
