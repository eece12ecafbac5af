"""The REST interface."""

from tests.architecture.role_table.answers import (
    Route,
    api,
    api_admins,
    api_callers,
    api_editors,
    api_everybody,
    api_readers,
    api_readers_and_reviewers,
    api_readers_of_one,
    api_reviewers_of_one,
    route,
)

V1 = "api/v1/"

REST: tuple[Route, ...] = (
    # The REST interface.
    route(f"{V1}schema", {"GET": api_everybody()}),
    route(f"{V1}me", {"GET": api_callers()}),
    route(f"{V1}members", {"GET": api_admins()}),
    route(f"{V1}keys", {"GET": api_admins(), "POST": api_admins(400)}),
    route(f"{V1}keys/<uuid:uuid>", {"DELETE": api_admins(204, elsewhere=404)}, uuid="key"),
    route(f"{V1}audit", {"GET": api_admins()}),
    route(f"{V1}webhooks", {"GET": api_admins(), "POST": api_admins(400)}),
    route(
        f"{V1}webhooks/<uuid:uuid>",
        {"GET": api_admins(elsewhere=404), "PATCH": api_admins(elsewhere=404), "DELETE": api_admins(204, elsewhere=404)},
        uuid="webhook",
    ),
    route(f"{V1}webhooks/<uuid:uuid>/secret", {"POST": api_admins(elsewhere=404)}, uuid="webhook"),
    route(f"{V1}webhooks/<uuid:uuid>/test", {"POST": api_admins(202, elsewhere=404)}, uuid="webhook"),
    route(f"{V1}webhooks/<uuid:uuid>/deliveries", {"GET": api_admins(elsewhere=404)}, uuid="webhook"),
    route(
        f"{V1}webhooks/<uuid:uuid>/deliveries/<uuid:delivery>/again",
        {"POST": api_admins(202, elsewhere=404)}, uuid="webhook", delivery="delivery",
    ),
    route(
        f"{V1}feedback",
        {"GET": api_readers(), "POST": api(401, 400, 403, 403, 403, 400, 400, 400, 403, 400, 400, 400, 401, 401)},
    ),
    route(f"{V1}failure-modes", {"GET": api_readers_and_reviewers(), "POST": api_editors(400)}),
    route(
        f"{V1}failure-modes/<uuid:uuid>",
        {"GET": api_readers_of_one(reviewer=200, project=200), "PATCH": api_editors(elsewhere=404)},
        uuid="failure mode",
    ),
    route(
        f"{V1}failure-modes/<uuid:uuid>/uses",
        {"GET": api_readers_of_one(reviewer=403, invited=403, project=200)}, uuid="failure mode",
    ),
    *(
        route(f"{V1}failure-modes/<uuid:uuid>/{act}", {"POST": api_editors(400, elsewhere=404)}, uuid="failure mode")
        for act in ("merge", "split")
    ),
    route(f"{V1}taxonomy-changes", {"GET": api_readers()}),
    route(f"{V1}taxonomy-changes/<uuid:uuid>/undo", {"POST": api_editors(elsewhere=404)}, uuid="taxonomy change"),
    route(f"{V1}deletions", {"POST": api_editors(400)}),
    route(f"{V1}jobs", {"GET": api_readers()}),
    route(f"{V1}jobs/<uuid:uuid>", {"GET": api_readers_of_one(reviewer=403, invited=403)}, uuid="job"),
    route(f"{V1}jobs/<uuid:uuid>/cancel", {"POST": api_editors(409, elsewhere=404)}, uuid="job"),
    route(f"{V1}jobs/<uuid:uuid>/undo", {"POST": api_editors(409, elsewhere=404)}, uuid="job"),
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
    route(
        f"{V1}projects/<path:name>",
        {
            "GET": api_readers_of_one(reviewer=403, invited=403, project=200),
            "DELETE": api_admins(409, elsewhere=404),  # keys send to it
        },
        name="project",
    ),
    route(f"{V1}traces", {"GET": api_readers()}),
    route(f"{V1}traces/<str:trace_id>", {"GET": api_readers_of_one(reviewer=403, invited=403, project=200)}, trace_id="trace"),
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
    route(
        f"{V1}items/<uuid:uuid>/gold",
        {
            "GET": api_editors(200, elsewhere=404),
            "PUT": api_editors(400, elsewhere=404),
            "DELETE": api_editors(204, elsewhere=404),
        },
        uuid="item",
    ),
    route(f"{V1}queues/<uuid:uuid>/quality", {"GET": api_editors(200, elsewhere=404)}, uuid="queue"),
    route(
        f"{V1}queues/<uuid:uuid>/pairs",
        {"GET": api_editors(200, elsewhere=404), "POST": api_editors(400, elsewhere=404)},
        uuid="queue",
    ),
    *(
        route(f"{V1}queues/<uuid:uuid>/{page}", {"GET": api_readers_of_one(reviewer=403, invited=403)}, uuid="queue")
        for page in ("agreement", "progress", "reviews")
    ),
    route(f"{V1}queues/<uuid:uuid>/rubric/preview", {"POST": api_admins(400, elsewhere=404)}, uuid="queue"),
    route(f"{V1}queues/<uuid:uuid>/fill", {"POST": api_editors(elsewhere=404)}, uuid="queue", data={"is_preview": True}),
    route(f"{V1}queues/<uuid:uuid>/saturation", {"GET": api_readers_of_one()}, uuid="queue"),
    route(
        f"{V1}queues/<uuid:uuid>/assignments",
        {"GET": api_editors(elsewhere=404), "POST": api_editors(400, elsewhere=404), "DELETE": api_editors(elsewhere=404)},
        uuid="queue",
    ),
    route(f"{V1}queues/<uuid:uuid>/claim", {"POST": api_reviewers_of_one()}, uuid="queue"),
    route(
        f"{V1}items/<uuid:uuid>",
        {
            "GET": api_readers_of_one(),
            "PATCH": api_editors(400, elsewhere=404),
            "DELETE": api_editors(204, elsewhere=404),
        },
        uuid="item",
    ),
    route(f"{V1}items/<uuid:uuid>/restore", {"POST": api_editors(elsewhere=404)}, uuid="item"),
    route(f"{V1}items/<uuid:uuid>/claim", {"POST": api_reviewers_of_one()}, uuid="item"),
    route(f"{V1}items/<uuid:uuid>/take-over", {"POST": api_admins(403, elsewhere=404)}, uuid="item"),
    route(f"{V1}items/<uuid:uuid>/heartbeat", {"POST": api_reviewers_of_one(409, write_key=409, admin=409)}, uuid="item"),
    route(f"{V1}items/<uuid:uuid>/release", {"POST": api_reviewers_of_one(204, write_key=204, admin=204)}, uuid="item"),
    route(f"{V1}items/<uuid:uuid>/skip", {"POST": api_reviewers_of_one(204)}, uuid="item"),
    route(
        f"{V1}items/<uuid:uuid>/flag",
        {"POST": api_reviewers_of_one(), "DELETE": api_reviewers_of_one(204, write_key=204, admin=204)},
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
    route(f"{V1}queues/<uuid:uuid>/disagreements", {"GET": api_editors(elsewhere=404)}, uuid="queue"),
    route(
        f"{V1}items/<uuid:uuid>/adjudication",
        {"GET": api_editors(409, elsewhere=404), "PUT": api_editors(409, elsewhere=404), "DELETE": api_editors(409, elsewhere=404)},
        uuid="item", data={"answer": {"answers": {}}},
    ),
    route(f"{V1}items/<uuid:uuid>/another-review", {"POST": api_editors(409, elsewhere=404)}, uuid="item"),
    route(f"{V1}reviews", {"GET": api_readers_and_reviewers()}),
    route(f"{V1}reviews/<uuid:uuid>", {"GET": api_readers_of_one()}, uuid="review"),
    route(f"{V1}reviews/<uuid:uuid>/accept", {"POST": api_editors(409, elsewhere=404)}, uuid="review"),
    route(f"{V1}reviews/<uuid:uuid>/reject", {"POST": api_editors(409, elsewhere=404)}, uuid="review"),
    route(f"{V1}reviews/<uuid:uuid>/versions", {"GET": api_reviewers_of_one(write_key=200, admin=200)}, uuid="review"),
    route(f"{V1}reviews/<uuid:uuid>/undo", {"POST": api_reviewers_of_one(200, write_key=409, admin=409)}, uuid="review"),
)  # fmt: skip
