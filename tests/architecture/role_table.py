"""Who gets what from every address: one literal table, read by `test_roles.py`.

To add an address, add one line to TABLE: its route as `manage.py` knows it, a dictionary from method to a row of
answers, and for every id in it what it names in `role_world.py`. A row is `pages(…)` or `api(…)` with the answers of
the personas in the order of PAGE_PERSONAS or API_PERSONAS; the named ones below fit nearly everything.
"""

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


W = "w/<slug:workspace>/"
S = f"{W}settings/"
T = f"{W}traces/"
Q = f"{W}queues/"
D = f"{W}datasets/"
ITEM = f"{Q}<uuid:uuid>/items/<int:number>/"
V1 = "api/v1/"
V2 = "api/v2/"
OTLP_BASES = ("", "otlp/", "otel/", "api/otel/", "api/v1/otel/", "api/public/otel/", "api/v1/private/otel/")

LS_ONE = api_keys(project=404, foreign=404)
LINKED = pages(302, 404, 302, 404, 404, 302, 302)
LS_ADMIN = api_keys(read=403, project=403, foreign=404)

TABLE: tuple[Route, ...] = (
    # Ingestion.
    *(
        route(f"{base}v1/{signal}", {"POST": api(*[401] * 7, 200, 403, 403, 200, 200, 401, 401)})
        for base in OTLP_BASES
        for signal in ("traces", "logs", "claude_code")
    ),
    *(route(f"{base}v1/metrics", {"POST": api(*[401] * 7, *[404] * 5, 401, 401)}) for base in OTLP_BASES),
    # Scores of other SDKs.
    *(
        route(path, {"POST": api(*[401] * 7, ok, 403, ok, ok, ok, 401, 401)}, data=data)
        for path, ok, data in (
            ("api/public/scores", 200, {"traceId": "0af7651916cd43dd8448eb211c80319c", "name": "k", "value": 1}),
            ("api/public/ingestion", 207, {"batch": []}),
            ("v1/span_notes", 200, {"data": {"span_id": "00000000000000aa", "note": "Look."}}),
            *((f"v1/{kind}_annotations", 200, {"data": []}) for kind in ("span", "document", "trace", "session")),
        )
    ),
    route("api/public/projects", {"GET": api(*[401] * 7, 200, 403, 200, 200, 200, 401, 401)}),
    # What LangSmith's SDKs ask.
    route(f"{V1}info", {"GET": api_everybody()}),
    route(f"{V1}runs", {"POST": api_keys(422, 403, 403, 422, 422)}),
    route(f"{V1}runs/batch", {"POST": api_keys(202, 403, 403, 202, 202)}),
    route(f"{V1}runs/multipart", {"POST": api_keys(400, 403, 403, 400, 400)}),
    # The sender chooses the id; in another workspace it is another run.
    route(
        f"{V1}runs/<uuid:uuid>",
        {"PATCH": api_keys(202, 403, 403, 202, 202), "GET": api_keys(foreign=404)},
        is_open=True, uuid="run",
    ),
    route(f"{V1}runs/query", {"POST": api_keys()}),
    route(f"{V1}runs/stats", {"POST": api_keys()}),
    *(route(f"{V2}{path}", {"POST": api_keys(403, 400, 400, 400, 400)}) for path in ("runs/query", "traces/query")),
    *(route(f"{V2}threads/{path}", {"POST": api_keys(403, 400, 400, 400, 400)}) for path in ("query", "stats")),
    # Without the project, which these have to name.
    route(f"{V2}runs/<uuid:uuid>", {"GET": api_keys(403, 400, 400, 400, 400)}, is_open=True, uuid="run"),
    route(f"{V2}runs/<uuid:uuid>/url", {"GET": api_keys(foreign=404)}, uuid="run"),
    route(
        f"{V2}runs/<uuid:uuid>/share",
        {"POST": api_keys(read=403, project=403, foreign=404), "DELETE": api_keys(403, 403, 204, 403, 404)},
        uuid="run",
    ),
    route(f"{V2}public/<uuid:token>/run/<uuid:uuid>", {"GET": api_everybody()}, is_open=True, token="run share", uuid="run"),
    route(f"{V2}public/<uuid:token>/runs/query", {"POST": api_everybody()}, is_open=True, token="run share"),
    route(f"{V2}traces/<uuid:uuid>/runs", {"GET": api_keys(403, 400, 400, 400, 400)}, is_open=True, uuid="trace"),
    *(
        route(f"{V2}threads/<path:thread>/{part}", {"GET": api_keys(403, 400, 400, 400, 400)}, is_open=True, thread="thread")
        for part in ("traces", "stats")
    ),
    route(f"{V1}attachments/<str:token>", {"GET": api_everybody(404)}, is_open=True, token="invitation token"),
    route(
        f"{V1}feedback/<uuid:uuid>",
        {
            "GET": api_keys(foreign=404),
            "PATCH": api_keys(read=403, foreign=404),
            "DELETE": api_keys(read=403, foreign=404),
        },
        uuid="feedback", data={"score": 0},
    ),
    route(f"{V1}feedback/tokens", {"GET": api_keys(422, 403, 422, 422, 422), "POST": api_keys(422, 403, 422, 422, 422)}),
    route(
        f"{V1}feedback/tokens/<uuid:uuid>",
        {"GET": api_everybody(422), "POST": api_everybody()},
        is_open=True, uuid="feedback link", data={"score": 1},
    ),
    route(
        f"{V1}feedback-configs",
        {
            "GET": api_keys(),
            "POST": api_keys(403, 403, 422, 403, 422),
            "PATCH": api_keys(403, 403, 422, 403, 422),
            "DELETE": api_keys(403, 403, 422, 403, 422),
        },
    ),
    route(f"{V1}sessions", {"GET": api_keys(), "POST": api_keys(ingest=422, read=403, write=422, project=422, foreign=422)}),
    route(
        f"{V1}sessions/<uuid:uuid>",
        {
            "GET": api_keys(foreign=404),
            "PATCH": api_keys(read=403, project=403, foreign=404),
            "DELETE": api_keys(403, 403, 409, 403, 404),  # keys send to it
        },
        uuid="session",
    ),
    route(f"{V1}settings", {"GET": api_keys()}),
    route(
        f"{V1}runs/<uuid:uuid>/share",
        {
            "GET": api_keys(foreign=404),
            "PUT": api_keys(read=403, project=403, foreign=404),
            "DELETE": api_keys(read=403, project=403, foreign=404),
        },
        uuid="run",
    ),
    route(f"{V1}public/<uuid:token>/run", {"GET": api_everybody()}, is_open=True, token="run share"),
    route(f"{V1}public/<uuid:token>/run/<uuid:uuid>", {"GET": api_everybody()}, is_open=True, token="run share", uuid="run"),
    route(f"{V1}public/<uuid:token>/runs/query", {"POST": api_everybody()}, is_open=True, token="run share"),
    route("public/<uuid:token>/r", {"GET": everybody()}, is_open=True, token="run share"),
    route("o/<uuid:tenant>/datasets/<uuid:dataset>", {"GET": LINKED}, tenant="tenant", dataset="dataset"),
    # Annotation queues; a key of one project sees none.
    route(f"{V1}annotation-queues", {"GET": api_keys(), "POST": api_keys(403, 403, 422, 403, 422)}),
    *(
        route(f"{V1}annotation-queues/<uuid:uuid>{rest}", methods, uuid="queue")
        for rest, methods in (
            ("", {"GET": LS_ONE, "PATCH": api_keys(403, 403, 200, 403, 404), "DELETE": LS_ADMIN}),
            ("/export", {"POST": api_keys(403, 200, 200, 404, 404)}),
            ("/runs", {"GET": LS_ONE, "POST": api_keys(403, 403, 422, 403, 404)}),
            ("/runs/by-key", {"POST": api_keys(403, 403, 422, 403, 404)}),
            ("/runs/delete", {"POST": api_keys(403, 403, 200, 403, 404)}),
            ("/size", {"GET": LS_ONE}),
            ("/total_size", {"GET": LS_ONE}),
            ("/total_archived", {"GET": LS_ONE}),
        )
    ),
    route(f"{V1}annotation-queues/<uuid:uuid>/runs/resolve/<uuid:item>", {"GET": LS_ONE}, uuid="queue", item="item"),
    route(
        f"{V1}annotation-queues/<uuid:uuid>/runs/<uuid:item>",
        {"PATCH": api_keys(403, 403, 200, 403, 404), "DELETE": api_keys(403, 403, 200, 403, 404)},
        uuid="queue", item="item",
    ),
    route(f"{V1}annotation-queues/<uuid:uuid>/run/<int:index>", {"GET": LS_ONE}, uuid="queue", index="number"),
    route(f"{V1}annotation-queues/<uuid:uuid>/queues", {"GET": api_keys()}, is_open=True, uuid="run"),
    route(f"{V1}annotation-queues/status/<uuid:item>", {"POST": api_keys(403, 403, 403, 403, 404)}, item="item"),
    route(f"{V1}annotation-queues/populate", {"POST": api_keys(403, 403, 422, 403, 422)}),
    route(
        f"{V1}platform/annotation-queues/items/<uuid:item>/status",
        {"POST": api_keys(403, 403, 403, 403, 404)}, item="item",
    ),
    *(
        route(f"{V1}platform/annotation-queues/<uuid:uuid>/items{rest}", methods, uuid="queue")
        for rest, methods in (
            ("", {"GET": api_keys(403, 422, 422, 404, 404), "POST": api_keys(403, 403, 422, 403, 404)}),
            ("/delete", {"POST": api_keys(403, 403, 422, 403, 404)}),
            ("/count", {"GET": api_keys(403, 422, 422, 404, 404)}),
        )
    ),
    *(
        route(f"{V1}platform/annotation-queues/<uuid:uuid>/items/<uuid:item>{rest}", methods, uuid="queue", item="item")
        for rest, methods in (("", {"PATCH": api_keys(403, 403, 200, 403, 404)}), ("/placement", {"GET": LS_ONE}))
    ),
    route(
        f"{V1}platform/annotation-queues/<uuid:uuid>/reviewers",
        {"POST": api_keys(403, 403, 422, 403, 404)}, uuid="queue",
    ),
    route(
        f"{V1}platform/annotation-queues/<uuid:uuid>/reviewers/<uuid:person>",
        {"DELETE": api_keys(403, 403, 204, 403, 404)}, uuid="queue", person="viewer",
    ),
    # Alive.
    route("healthz", {"GET": everybody()}),
    route("favicon.ico", {"GET": everybody(302)}),
    route("readyz", {"GET": everybody(503)}),  # no worker runs beside the test
    # Accounts.
    route("", {"GET": pages(302, 302, 302, 302, 302, 302, 302)}),
    route("setup/<str:token>/", {"GET": everybody(410), "POST": everybody(410)}, is_open=True, token="invitation token"),
    route("sign-in/", {"GET": pages(200, *[302] * 6), "POST": pages(422, *[302] * 6)}),
    route("sign-out/", {"POST": everybody(302)}),
    route("profile/", {"GET": signed_in(), "POST": signed_in(422)}),
    route("profile/theme/", {"POST": signed_in(422)}),
    route("password/", {"GET": signed_in(), "POST": signed_in(422)}),
    route("password/reset/", {"GET": everybody(), "POST": everybody(422)}),
    route(
        "password/reset/<str:who>/<str:token>/",
        {"GET": everybody(), "POST": everybody(422)},
        is_open=True, who="reset who", token="reset token",
    ),
    route(
        "invitations/<str:token>/",
        {"GET": everybody(), "POST": pages(422, *[302] * 6)},
        is_open=True, token="invitation token",
    ),
    route("api/", {"GET": everybody()}),
    route("workspaces/", {"GET": signed_in()}),
    route("workspaces/new/", {"GET": signed_in(), "POST": signed_in(422)}),
    route(W, {"GET": members(302)}),
    # Links that SDKs print.
    route(
        "o/<uuid:tenant>/projects/p/<uuid:uuid>",
        {"GET": pages(302, 404, 302, 404, 404, 302, 302)}, tenant="tenant", uuid="project uuid",
    ),
    route(
        "o/<uuid:tenant>/projects/p/<uuid:uuid>/r/<uuid:run>",
        {"GET": readers_of_one(302)}, tenant="tenant", uuid="project uuid", run="run",
    ),
    # Jobs.
    route(f"{W}jobs/", {"GET": readers()}),
    route(f"{W}jobs/<uuid:uuid>/", {"GET": readers()}, uuid="job"),
    route(f"{W}jobs/<uuid:uuid>/cancel/", {"POST": editors(302)}, uuid="job"),
    route(f"{W}deletions/new/", {"GET": editors(404), "POST": editors(404)}),
    # Settings.
    route(S, {"GET": readers(302)}),
    route(f"{S}workspace/", {"GET": admins(), "POST": admins(422)}),
    route(f"{S}members/", {"GET": admins()}),
    route(f"{S}members/invite/", {"POST": admins(422)}),
    route(f"{S}members/<uuid:uuid>/role/", {"POST": admins(422)}, uuid="member"),
    route(f"{S}members/<uuid:uuid>/remove/", {"POST": admins(302)}, uuid="member"),
    route(f"{S}members/<uuid:uuid>/reset-link/", {"POST": admins(201)}, uuid="member"),
    route(f"{S}invitations/<uuid:uuid>/withdraw/", {"POST": admins(302)}, uuid="invitation"),
    route(f"{S}projects/", {"GET": readers(), "POST": admins(422)}),
    route(f"{S}projects/<slug:slug>/", {"GET": admins(), "POST": admins(422)}, slug="project"),
    route(f"{S}projects/<slug:slug>/retention/", {"GET": admins(), "POST": admins(302)}, slug="project"),
    route(f"{S}keys/", {"GET": admins(), "POST": admins(422)}),
    route(f"{S}keys/<uuid:uuid>/revoke/", {"POST": admins(302)}, uuid="key"),
    route(f"{S}feedback/", {"GET": readers()}),
    route(f"{S}feedback/new/", {"GET": admins(), "POST": admins(422)}),
    route(f"{S}feedback/<uuid:uuid>/", {"GET": admins(), "POST": admins(302)}, uuid="feedback config"),
    route(f"{S}feedback/<uuid:uuid>/delete/", {"POST": admins(302)}, uuid="feedback config"),
    route(f"{S}failure-modes/", {"GET": readers()}),
    route(f"{S}failure-modes/<uuid:uuid>/", {"GET": editors(), "POST": editors(422)}, uuid="failure mode"),
    route(f"{S}prices/", {"GET": readers()}),
    route(f"{S}prices/new/", {"GET": admins(), "POST": admins(422)}),
    route(f"{S}prices/import/", {"GET": admins(), "POST": admins(422)}),
    route(f"{S}prices/recompute/", {"GET": admins(), "POST": admins(422)}),
    route(f"{S}prices/<uuid:uuid>/", {"GET": admins(), "POST": admins(422)}, uuid="price"),
    route(f"{S}prices/<uuid:uuid>/delete/", {"POST": admins(302)}, uuid="price"),
    route(f"{S}audit/", {"GET": admins()}),
    # Datasets.
    route(f"{D}", {"GET": readers()}),
    route(f"{D}new/", {"GET": editors(), "POST": editors(422)}),
    route(f"{D}choose/", {"GET": editors(404)}),
    route(f"{D}<uuid:uuid>/", {"GET": readers()}, uuid="dataset"),
    route(f"{D}<uuid:uuid>/edit/", {"GET": editors(), "POST": editors(422)}, uuid="dataset"),
    route(f"{D}<uuid:uuid>/archive/", {"POST": editors(302)}, uuid="dataset"),
    route(f"{D}<uuid:uuid>/history/", {"GET": readers()}, uuid="dataset"),
    route(f"{D}<uuid:uuid>/diff/", {"GET": readers()}, uuid="dataset"),
    route(f"{D}<uuid:uuid>/export/", {"GET": readers()}, uuid="dataset"),
    route(f"{D}<uuid:uuid>/rows/", {"POST": editors(302)}, uuid="dataset"),
    route(f"{D}<uuid:uuid>/rows/new/", {"GET": editors(), "POST": editors(422)}, uuid="dataset"),
    *(
        route(f"{D}<uuid:uuid>/rows/<uuid:row_uuid>/{rest}", methods, uuid="dataset", row_uuid="example")
        for rest, methods in (
            ("", {"GET": readers()}),
            ("edit/", {"GET": editors(), "POST": editors(422)}),
            ("remove/", {"POST": editors(302)}),
            ("restore/", {"POST": editors(302)}),
        )
    ),
    # Rules.
    route(f"{W}rules/", {"GET": readers()}),
    route(f"{W}rules/new/", {"GET": admins(), "POST": admins(422)}),
    route(f"{W}rules/preview/", {"GET": readers(), "POST": readers()}),
    route(f"{W}rules/<uuid:uuid>/", {"GET": readers(), "POST": admins(422)}, uuid="rule"),
    route(f"{W}rules/<uuid:uuid>/history/", {"GET": readers()}, uuid="rule"),
    route(f"{W}rules/<uuid:uuid>/decisions/", {"GET": readers()}, uuid="rule"),
    route(f"{W}rules/<uuid:uuid>/switch/", {"POST": admins(302)}, uuid="rule"),
    route(f"{W}rules/<uuid:uuid>/backfill/", {"GET": admins(), "POST": admins(422)}, uuid="rule"),
    route(f"{W}rules/<uuid:uuid>/archive/", {"POST": admins(302)}, uuid="rule"),
    route(f"{W}rules/<uuid:uuid>/delete/", {"GET": admins(), "POST": admins(302)}, uuid="rule"),
    # The REST interface.
    route(f"{V1}schema", {"GET": api_everybody()}),
    route(f"{V1}me", {"GET": api_callers()}),
    route(f"{V1}members", {"GET": api_admins()}),
    route(f"{V1}keys", {"GET": api_admins(), "POST": api_admins(400)}),
    route(f"{V1}keys/<uuid:uuid>", {"DELETE": api_admins(204, elsewhere=404)}, uuid="key"),
    route(f"{V1}audit", {"GET": api_admins()}),
    route(
        f"{V1}feedback",
        {"GET": api_readers(), "POST": api(401, 400, 403, 403, 403, 400, 400, 400, 403, 400, 400, 400, 401, 401)},
    ),
    route(f"{V1}deletions", {"POST": api_editors(400)}),
    route(f"{V1}jobs", {"GET": api_readers()}),
    route(f"{V1}jobs/<uuid:uuid>", {"GET": api_readers_of_one(reviewer=403, invited=403)}, uuid="job"),
    route(f"{V1}jobs/<uuid:uuid>/cancel", {"POST": api_editors(409, elsewhere=404)}, uuid="job"),
    route(f"{V1}traces/import", {"POST": api_editors(400)}),
    route(f"{V1}prices", {"GET": api_readers(), "POST": api_admins(400)}),
    route(f"{V1}prices/import", {"POST": api_admins(400)}),
    route(f"{V1}prices/recompute", {"POST": api_admins(400)}),
    route(
        f"{V1}prices/<uuid:uuid>",
        {
            "GET": api_readers_of_one(reviewer=403, invited=403),
            "PATCH": api_admins(elsewhere=404),
            "DELETE": api_admins(204, elsewhere=404),
        },
        uuid="price",
    ),
    route(f"{V1}projects", {"GET": api_readers(), "POST": api_admins(400)}),
    route(f"{V1}projects/<path:name>", {"GET": api_readers_of_one(reviewer=403, invited=403, project=200)}, name="project"),
    route(f"{V1}traces", {"GET": api_readers()}),
    route(f"{V1}traces/<str:trace_id>", {"GET": api_readers_of_one(reviewer=403, invited=403, project=200)}, trace_id="trace"),
    # Traces and threads.
    route(T, {"GET": readers()}),
    route(f"{T}suggestions/", {"GET": readers()}),
    route(f"{T}add-to-queue/", {"POST": editors(302)}),
    route(f"{T}views/", {"POST": editors(302)}),
    route(f"{T}views/<uuid:uuid>/delete/", {"POST": editors(302)}, uuid="view"),
    route(f"{T}<uuid:uuid>/", {"GET": readers_of_one()}, uuid="trace"),
    route(f"{T}<uuid:uuid>/text/", {"GET": readers_of_one()}, uuid="trace", data={"at": "trace:input"}),
    route(f"{T}<uuid:uuid>/steps/<uuid:run>/", {"GET": readers_of_one()}, uuid="trace", run="run"),
    route(f"{T}<uuid:uuid>/feedback/", {"POST": editors(422)}, uuid="trace"),
    route(  # it is not theirs
        f"{T}<uuid:uuid>/feedback/<uuid:feedback>/delete/", {"POST": editors(404)}, uuid="trace", feedback="feedback"
    ),
    route(f"{W}threads/<path:thread>/", {"GET": readers_of_one()}, thread="thread"),
    # Pages of queues.
    route(Q, {"GET": members()}),
    route(f"{Q}new/", {"GET": admins(), "POST": admins(422)}),
    route(f"{Q}preview/", {"POST": admins()}),
    route(f"{Q}<uuid:uuid>/", {"GET": readers_of_one()}, uuid="queue"),
    route(f"{Q}<uuid:uuid>/edit/", {"GET": admins(), "POST": admins(422)}, uuid="queue"),
    route(f"{Q}<uuid:uuid>/status/", {"POST": admins(302)}, uuid="queue"),
    route(f"{Q}<uuid:uuid>/progress/", {"GET": readers()}, uuid="queue"),
    route(f"{Q}<uuid:uuid>/reviews/", {"GET": editors()}, uuid="queue"),
    route(f"{Q}<uuid:uuid>/agreement/", {"GET": editors()}, uuid="queue"),
    route(f"{Q}<uuid:uuid>/corrections/", {"GET": editors()}, uuid="queue"),
    route(f"{Q}corrections/<uuid:uuid>/accept/", {"POST": editors(302)}, uuid="review"),
    route(f"{Q}corrections/<uuid:uuid>/reject/", {"POST": editors(302)}, uuid="review"),
    route(f"{Q}items/<uuid:uuid>/remove/", {"POST": editors(302)}, uuid="item"),
    route(f"{Q}items/<uuid:uuid>/restore/", {"POST": editors(302)}, uuid="item"),
    route(f"{Q}items/<uuid:uuid>/unflag/", {"POST": editors(302)}, uuid="item"),
    # Datasets over the REST interface; a key of one project sees none.
    route(f"{V1}datasets", {"GET": api_readers(), "POST": api_editors(400)}),
    *(
        route(f"{V1}datasets/<uuid:uuid>{rest}", {"GET": api_readers_of_one(reviewer=403, invited=403), **more}, uuid="dataset")
        for rest, more in (
            ("", {"PATCH": api_editors(elsewhere=404)}),
            ("/versions", {}),
            ("/examples", {"POST": api_editors(400, elsewhere=404)}),
            ("/export", {}),
        )
    ),
    route(
        f"{V1}datasets/<uuid:uuid>/examples/<uuid:example>",
        {
            "GET": api_readers_of_one(reviewer=403, invited=403),
            "PATCH": api_editors(elsewhere=404),
            "DELETE": api_editors(204, elsewhere=404),
        },
        uuid="dataset", example="example",
    ),
    # The review page.
    route(f"{Q}<uuid:uuid>/review/", {"GET": reviewers_of_one(302, unnamed=409)}, uuid="queue"),
    route(f"{Q}<uuid:uuid>/review/undo/", {"POST": reviewers_of_one(302)}, uuid="queue"),
    route(ITEM, {"GET": reviewers_of_one(unnamed=409)}, uuid="queue", number="number"),
    route(f"{ITEM}submit/", {"POST": reviewers_of_one(302)}, uuid="queue", number="number"),
    *(
        route(f"{ITEM}{act}/", {"POST": reviewers_of_one(302)}, uuid="queue", number="number")
        for act in ("skip", "flag", "original")
    ),
    *(
        route(f"{ITEM}{act}/", {"POST": reviewers_of_one()}, uuid="queue", number="number")
        for act in ("draft", "heartbeat", "diff")
    ),
    # Rules.
    route(f"{V1}rules", {"GET": api_readers(), "POST": api_admins(400)}),
    route(f"{V1}rules/preview", {"POST": api_readers()}),
    route(
        f"{V1}rules/<uuid:uuid>",
        {
            "GET": api_readers_of_one(reviewer=403, invited=403),
            "PATCH": api_admins(400, elsewhere=404),
            "DELETE": api_admins(204, elsewhere=404),
        },
        uuid="rule",
    ),
    route(f"{V1}rules/<uuid:uuid>/enable", {"POST": api_admins(elsewhere=404)}, uuid="rule"),
    route(f"{V1}rules/<uuid:uuid>/disable", {"POST": api_admins(elsewhere=404)}, uuid="rule"),
    route(f"{V1}rules/<uuid:uuid>/decisions", {"GET": api_readers_of_one(reviewer=403, invited=403)}, uuid="rule"),
    route(f"{V1}rules/<uuid:uuid>/backfill", {"POST": api_admins(400, elsewhere=404)}, uuid="rule"),
    # Queues, items, reviews.
    route(f"{V1}queues", {"GET": api_readers_and_reviewers(), "POST": api_admins(400)}),
    route(f"{V1}queues/<uuid:uuid>", {"GET": api_readers_of_one(), "PATCH": api_admins(200, elsewhere=404)}, uuid="queue"),
    route(
        f"{V1}queues/<uuid:uuid>/items",
        {"GET": api_readers_of_one(), "POST": api_editors(201, elsewhere=404)},
        uuid="queue", data={"threads": [{"project": "p-acme", "thread_id": "t-acme"}]},
    ),
    route(f"{V1}queues/<uuid:uuid>/claim", {"POST": api_reviewers_of_one()}, uuid="queue"),
    route(
        f"{V1}items/<uuid:uuid>",
        {"GET": api_readers_of_one(), "DELETE": api_editors(204, elsewhere=404)},
        uuid="item",
    ),
    route(f"{V1}items/<uuid:uuid>/restore", {"POST": api_editors(elsewhere=404)}, uuid="item"),
    route(f"{V1}items/<uuid:uuid>/claim", {"POST": api_reviewers_of_one()}, uuid="item"),
    route(f"{V1}items/<uuid:uuid>/heartbeat", {"POST": api_reviewers_of_one(409, write_key=409, admin=409)}, uuid="item"),
    route(f"{V1}items/<uuid:uuid>/release", {"POST": api_reviewers_of_one(204, write_key=204, admin=204)}, uuid="item"),
    route(f"{V1}items/<uuid:uuid>/skip", {"POST": api_reviewers_of_one(204)}, uuid="item"),
    route(
        f"{V1}items/<uuid:uuid>/flag",
        {"POST": api_reviewers_of_one(), "DELETE": api_editors(204, elsewhere=404)},
        uuid="item",
    ),
    route(
        f"{V1}items/<uuid:uuid>/draft",
        {"GET": api_reviewers_of_one(404, write_key=404, admin=404), "PUT": api_reviewers_of_one(204)},
        uuid="item",
    ),
    route(
        f"{V1}items/<uuid:uuid>/review",
        {"GET": api_reviewers_of_one(404, write_key=404, admin=404), "PUT": api_reviewers_of_one()},
        uuid="item", data={"answers": {}},
    ),
    route(f"{V1}reviews", {"GET": api_readers_and_reviewers()}),
    route(f"{V1}reviews/<uuid:uuid>", {"GET": api_readers_of_one()}, uuid="review"),
    route(f"{V1}reviews/<uuid:uuid>/accept", {"POST": api_editors(409, elsewhere=404)}, uuid="review"),
    route(f"{V1}reviews/<uuid:uuid>/reject", {"POST": api_editors(409, elsewhere=404)}, uuid="review"),
    route(f"{V1}reviews/<uuid:uuid>/undo", {"POST": api_reviewers_of_one(200, write_key=409, admin=409)}, uuid="review"),
)  # fmt: skip
