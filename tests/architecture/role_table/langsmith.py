"""What LangSmith's SDKs ask, and the links that they print."""

from tests.architecture.role_table.answers import Route, api_everybody, api_keys, everybody, pages, route

V1 = "api/v1/"
V2 = "api/v2/"

LS_ONE = api_keys(project=404, foreign=404)
LINKED = pages(302, 404, 302, 404, 404, 302, 302)
LS_ADMIN = api_keys(read=403, project=403, foreign=404)

LANGSMITH: tuple[Route, ...] = (
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
    route(f"{V1}sessions/resolutions", {"GET": api_keys(403, 422, 422, 422, 422)}),
    route(f"{V2}sessions", {"GET": api_keys(), "POST": api_keys(ingest=422, read=403, write=422, project=422, foreign=422)}),
    route(
        f"{V2}sessions/<uuid:uuid>",
        {
            "GET": api_keys(foreign=404),
            "PATCH": api_keys(read=403, project=403, foreign=404),
            "DELETE": api_keys(403, 403, 409, 403, 404),
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
        f"{V1}platform/annotation-queues/<uuid:uuid>/items/<uuid:item>/finals/<str:key>",
        {"PUT": api_keys(403, 403, 404, 403, 404), "DELETE": api_keys(403, 403, 404, 403, 404)},
        uuid="queue", item="item", key="invitation token",
    ),
    route(
        f"{V1}platform/annotation-queues/<uuid:uuid>/reviewers",
        {"POST": api_keys(403, 403, 422, 403, 404)}, uuid="queue",
    ),
    route(
        f"{V1}platform/annotation-queues/<uuid:uuid>/reviewers/<uuid:person>",
        {"DELETE": api_keys(403, 403, 204, 403, 404)}, uuid="queue", person="viewer",
    ),
)  # fmt: skip
