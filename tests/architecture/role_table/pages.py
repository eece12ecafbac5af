"""The pages, and what a browser or a probe asks besides."""

from tests.architecture.role_table.answers import (
    Route,
    admins,
    editors,
    everybody,
    members,
    pages,
    readers,
    readers_of_one,
    reviewers_of_one,
    route,
    signed_in,
)

W = "w/<slug:workspace>/"
S = f"{W}settings/"
T = f"{W}traces/"
Q = f"{W}queues/"
D = f"{W}datasets/"
TABLE = f"{Q}<uuid:uuid>/table/<int:number>/"
ITEM = f"{Q}<uuid:uuid>/items/<int:number>/"

PAGES: tuple[Route, ...] = (
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
    route("profile/keys/", {"GET": signed_in(), "POST": signed_in(302)}),
    route("profile/mails/", {"GET": signed_in(), "POST": signed_in(422)}),
    route("unsubscribe/<str:token>/", {"GET": everybody(), "POST": everybody()}, is_open=True, token="unsubscribe token"),
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
    route(f"{W}jobs/<uuid:uuid>/undo/", {"POST": editors(302)}, uuid="job"),
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
    route(f"{S}projects/<slug:slug>/delete/", {"GET": admins(), "POST": admins(422)}, slug="project"),
    route(f"{S}projects/<slug:slug>/retention/", {"GET": admins(), "POST": admins(302)}, slug="project"),
    route(f"{S}keys/", {"GET": admins(), "POST": admins(422)}),
    route(f"{S}keys/<uuid:uuid>/revoke/", {"POST": admins(302)}, uuid="key"),
    route(f"{S}feedback/", {"GET": readers()}),
    route(f"{S}feedback/new/", {"GET": admins(), "POST": admins(422)}),
    route(f"{S}feedback/<uuid:uuid>/", {"GET": admins(), "POST": admins(302)}, uuid="feedback config"),
    route(f"{S}feedback/<uuid:uuid>/delete/", {"POST": admins(302)}, uuid="feedback config"),
    route(f"{S}failure-modes/", {"GET": readers()}),
    route(f"{S}failure-modes/group/", {"POST": editors(302)}),
    route(f"{S}failure-modes/changes/<uuid:uuid>/undo/", {"POST": editors(302)}, uuid="taxonomy change"),
    route(f"{S}failure-modes/<uuid:uuid>/", {"GET": readers(), "POST": editors(422)}, uuid="failure mode"),
    *(
        route(f"{S}failure-modes/<uuid:uuid>/{act}/", {"POST": editors(302)}, uuid="failure mode")
        for act in ("merge", "split")
    ),
    route(f"{S}webhooks/", {"GET": admins()}),
    route(f"{S}webhooks/new/", {"GET": admins(), "POST": admins(422)}),
    route(f"{S}webhooks/<uuid:uuid>/", {"GET": admins()}, uuid="webhook"),
    route(f"{S}webhooks/<uuid:uuid>/edit/", {"GET": admins(), "POST": admins(422)}, uuid="webhook"),
    route(f"{S}webhooks/<uuid:uuid>/secret/", {"POST": admins()}, uuid="webhook"),
    *(
        route(f"{S}webhooks/<uuid:uuid>/{act}/", {"POST": admins(302)}, uuid="webhook")
        for act in ("turn", "test", "delete")
    ),
    route(
        f"{S}webhooks/<uuid:uuid>/deliveries/<uuid:delivery>/again/",
        {"POST": admins(302)}, uuid="webhook", delivery="delivery",
    ),
    route(f"{S}mails/", {"GET": admins()}),
    route(f"{S}mails/again/", {"POST": admins(302)}),
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
    route(f"{D}take/", {"GET": editors(404), "POST": editors(404)}),
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
    # Traces and threads.
    route(T, {"GET": readers()}),
    route(f"{T}suggestions/", {"GET": readers()}),
    route(f"{T}add-to-queue/", {"POST": editors(302)}),
    route(f"{T}pair/", {"POST": editors(302)}),
    route(f"{T}fill-queue/", {"GET": editors(302), "POST": editors(302)}),
    route(f"{T}views/", {"POST": editors(302)}),
    route(f"{T}views/<uuid:uuid>/delete/", {"POST": editors(302)}, uuid="view"),
    route(f"{T}<uuid:uuid>/", {"GET": readers_of_one()}, uuid="trace"),
    route(f"{T}<uuid:uuid>/text/", {"GET": readers_of_one()}, uuid="trace", data={"at": "trace:input"}),
    route(f"{T}<uuid:uuid>/image/", {"GET": readers_of_one(404)}, uuid="trace"),
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
    route(f"{Q}<uuid:uuid>/sight-preview/", {"POST": admins()}, uuid="queue"),
    route(f"{Q}<uuid:uuid>/status/", {"POST": admins(302)}, uuid="queue"),
    route(f"{Q}<uuid:uuid>/progress/", {"GET": readers()}, uuid="queue"),
    route(f"{Q}<uuid:uuid>/reviews/", {"GET": readers()}, uuid="queue"),
    route(f"{Q}<uuid:uuid>/agreement/", {"GET": readers()}, uuid="queue"),
    route(f"{Q}<uuid:uuid>/pairs/", {"GET": editors()}, uuid="queue"),
    route(f"{Q}<uuid:uuid>/pairs/new/", {"GET": editors(), "POST": editors(302)}, uuid="queue"),
    route(f"{Q}<uuid:uuid>/adjudication/", {"GET": editors()}, uuid="queue"),
    route(f"{Q}<uuid:uuid>/corrections/", {"GET": editors()}, uuid="queue"),
    route(f"{Q}mine/", {"GET": pages(302, 404, 403, 200, 200, 200, 200)}),
    route(f"{Q}reviews/<uuid:uuid>/gold/", {"POST": editors(302)}, uuid="review"),
    route(f"{Q}corrections/<uuid:uuid>/accept/", {"POST": editors(302)}, uuid="review"),
    route(f"{Q}corrections/<uuid:uuid>/reject/", {"POST": editors(302)}, uuid="review"),
    route(f"{Q}items/<uuid:uuid>/adjudicate/", {"POST": editors(422)}, uuid="item"),
    route(f"{Q}items/<uuid:uuid>/reopen/", {"POST": editors(302)}, uuid="item"),
    route(f"{Q}items/<uuid:uuid>/another/", {"POST": editors(302)}, uuid="item"),
    route(f"{Q}items/<uuid:uuid>/remove/", {"POST": editors(302)}, uuid="item"),
    route(f"{Q}items/<uuid:uuid>/restore/", {"POST": editors(302)}, uuid="item"),
    route(f"{Q}items/<uuid:uuid>/unflag/", {"POST": editors(302)}, uuid="item"),
    route(f"{Q}items/<uuid:uuid>/priority/", {"POST": editors(302)}, uuid="item"),
    route(f"{Q}<uuid:uuid>/share/", {"POST": editors(302)}, uuid="queue"),
    route(f"{Q}<uuid:uuid>/take-back/", {"POST": editors(302)}, uuid="queue"),
    route(f"{Q}items/<uuid:uuid>/take-over/", {"POST": admins(302)}, uuid="item"),
    # The review page.
    route(f"{Q}<uuid:uuid>/review/", {"GET": reviewers_of_one(302, unnamed=409)}, uuid="queue"),
    route(f"{Q}<uuid:uuid>/review/undo/", {"POST": reviewers_of_one(302)}, uuid="queue"),
    route(f"{Q}<uuid:uuid>/review/recent/", {"GET": reviewers_of_one(unnamed=200)}, uuid="queue"),
    route(f"{Q}<uuid:uuid>/review/own/", {"GET": reviewers_of_one(unnamed=200)}, uuid="queue"),
    route(f"{Q}reviews/<uuid:uuid>/history/", {"GET": reviewers_of_one(unnamed=200)}, uuid="review"),
    route(f"{Q}<uuid:uuid>/table/", {"GET": reviewers_of_one(unnamed=409)}, uuid="queue"),
    route(f"{Q}<uuid:uuid>/table/heartbeat/", {"POST": reviewers_of_one()}, uuid="queue"),
    route(f"{Q}<uuid:uuid>/table/leave/", {"POST": reviewers_of_one(302)}, uuid="queue"),
    route(TABLE, {"GET": pages(302, 404, 403, 404, 200, 200, 200)}, uuid="queue", number="number"),
    *(
        route(f"{TABLE}{act}/", {"POST": reviewers_of_one(302)}, uuid="queue", number="number")
        for act in ("submit", "skip", "flag", "undo")
    ),
    route(ITEM, {"GET": reviewers_of_one(unnamed=409)}, uuid="queue", number="number"),
    route(f"{ITEM}labels/", {"GET": pages(302, 404, 403, 404, 200, 200, 200)}, uuid="queue", number="number"),
    route(f"{ITEM}ahead/", {"GET": reviewers_of_one(204)}, uuid="queue", number="number"),
    route(f"{ITEM}submit/", {"POST": reviewers_of_one(302)}, uuid="queue", number="number"),
    *(
        route(f"{ITEM}{act}/", {"POST": reviewers_of_one(302)}, uuid="queue", number="number")
        for act in ("skip", "flag", "withdraw", "original")
    ),
    *(
        route(f"{ITEM}{act}/", {"POST": reviewers_of_one()}, uuid="queue", number="number")
        for act in ("draft", "heartbeat", "diff", "row")
    ),
)  # fmt: skip
