"""Where traces, logs and scores come in."""

from tests.architecture.role_table.answers import Route, api, route

OTLP_BASES = ("", "otlp/", "otel/", "api/otel/", "api/v1/otel/", "api/public/otel/", "api/v1/private/otel/")

INGEST: tuple[Route, ...] = (
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
)  # fmt: skip
