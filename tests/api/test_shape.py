"""What all views of the REST interface share: errors, bodies, pages, and how often one may ask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from annotation.domain import throttle
from annotation.models import ApiKey, AuditEvent, Membership, Project
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def program(people: People) -> Client:
    return people.api(ApiKey.Scope.WRITE)


def test_a_slash_at_the_end_loses_nothing(people: People) -> None:
    program = people.api(ApiKey.Scope.WRITE, ApiKey.Scope.READ, ApiKey.Scope.INGEST)
    sent = program.post("/api/v1/feedback/", {"thread_id": "t", "key": "calm", "score": 1}, content_type=JSON)
    assert (sent.status_code, sent.json()["key"]) == (201, "calm")
    assert [one["key"] for one in program.get("/api/v1/feedback/").json()["results"]] == ["calm"]
    for address in ("/v1/traces/", "/otlp/v1/traces/"):
        assert (program.post(address, b"{}", content_type=JSON).content) == b"{}"


def test_an_unknown_address_answers_programs_in_json() -> None:
    answer = Client(enforce_csrf_checks=True).post("/api/v1/nothing/here", {}, content_type=JSON)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_a_field_that_is_wrong_is_named(program: Client) -> None:
    answer = program.post("/api/v1/keys", {"name": "", "scopes": ["fly"]}, content_type=JSON)
    assert answer.status_code == 400
    assert answer.json() == {
        "error": {
            "code": "invalid",
            "message": "Some of what was sent cannot be used.",
            "fields": {
                "name": ["This field may not be blank."],
                "scopes": {"0": ["'fly' is not one of ingest, read, write."]},
            },
        }
    }


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"", b'{"name": NaN}'])
def test_what_is_not_json_is_refused(program: Client, content: bytes) -> None:
    answer = program.post("/api/v1/projects", content, content_type=JSON)
    assert (answer.status_code, answer.json()["error"]["code"]) in {(400, "parse_error"), (400, "invalid")}


def test_another_media_type_is_refused_with_the_right_one(program: Client) -> None:
    answer = program.post("/api/v1/projects", "name=x", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 415
    assert answer.json()["error"]["hint"] == "Send JSON with `Content-Type: application/json`."


def test_a_body_over_the_limit_is_refused(program: Client, settings: Settings) -> None:
    settings.MAX_BODY_BYTES = 100
    answer = program.post("/api/v1/projects", {"name": "x" * 100}, content_type=JSON)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


def test_nul_characters_do_not_reach_the_database(program: Client) -> None:
    answer = program.post("/api/v1/projects", {"name": "a\0b"}, content_type=JSON)
    assert answer.json()["name"] == "a\N{REPLACEMENT CHARACTER}b"


def test_pages_follow_each_other(people: People, program: Client) -> None:
    Project.objects.bulk_create(
        [Project(workspace=people.workspace, name=f"p{number}", slug=f"p{number}") for number in range(4)]
    )
    first = program.get("/api/v1/projects", {"limit": 3}).json()
    second = program.get("/api/v1/projects", {"limit": 3, "cursor": first["next_cursor"]}).json()
    assert [row["name"] for row in first["results"]] == ["booking", "p0", "p1"]
    assert [row["name"] for row in second["results"]] == ["p2", "p3"]
    assert second["next_cursor"] is None


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "1e3", "²", "9" * 5_000])
def test_a_page_has_a_size_within_bounds(program: Client, limit: str) -> None:
    answer = program.get("/api/v1/projects", {"limit": limit})
    assert answer.status_code == 400
    assert answer.json()["error"]["fields"] == {"limit": ["Give a whole number from 1 to 200."]}


def test_a_cursor_of_another_list_is_refused(program: Client) -> None:
    answer = program.get("/api/v1/projects", {"cursor": "nonsense"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_cursor")


def test_who_asks_too_often_is_told_when_to_come_back(people: People, settings: Settings) -> None:
    settings.API_REQUESTS_PER_MINUTE = 2
    program, other = people.api(ApiKey.Scope.READ), people.api(ApiKey.Scope.READ)
    with time_machine.travel("2026-03-01T12:00:30Z", tick=False) as clock:
        assert [program.get("/api/v1/me").status_code for _ in range(3)] == [200, 200, 429]
        refused = program.get("/api/v1/me")
        assert refused["Retry-After"] == "30"
        assert refused.json()["error"]["code"] == "throttled"
        assert other.get("/api/v1/me").status_code == 200
        clock.shift(30)
        assert program.get("/api/v1/me").status_code == 200


KEYLESS = [
    ("GET", "/api/v1/public/{0}/run", 404),
    ("GET", "/public/{0}/r", 404),
    ("POST", "/api/v1/feedback/tokens/{0}", 404),
    ("GET", "/api/v1/attachments/{0}", 404),
    ("GET", "/sign-in/", 200),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "path", "usual"), KEYLESS)
def test_what_takes_no_key_is_throttled_by_address(settings: Settings, method: str, path: str, usual: int) -> None:
    settings.KEYLESS_REQUESTS_PER_MINUTE = 2
    client, number = Client(), str(uuid4())

    def ask(**meta: Any) -> Any:
        return client.generic(method, path.format(number), b"{}", "application/json", **meta)

    here, there = "192.0.2.1", "192.0.2.2"
    with time_machine.travel("2026-03-01T12:00:30Z", tick=False):
        answers = [ask(REMOTE_ADDR=here) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [usual, usual, 429]
        assert answers[2]["Retry-After"] == "30"
        assert ask(REMOTE_ADDR=there).status_code == usual
        assert ask(REMOTE_ADDR=here, HTTP_X_FORWARDED_FOR=there).status_code == 429  # anybody can say so
        settings.BEHIND_PROXY = True
        proxied = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_PROTO": "https"}
        assert ask(**proxied, HTTP_X_FORWARDED_FOR=f"{there}, {here}").status_code == 429
        assert ask(**proxied, HTTP_X_FORWARDED_FOR=f"{here}, 2001:db8::1").status_code == usual
        assert ask(**proxied, HTTP_X_FORWARDED_FOR="2001:db8::2").status_code == usual
        assert ask(**proxied, HTTP_X_FORWARDED_FOR="2001:db8::3").status_code == 429  # one household


def test_without_redis_nobody_is_shut_out(settings: Settings) -> None:
    settings.KEYLESS_REQUESTS_PER_MINUTE = 1
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    assert [Client().get("/sign-in/").status_code for _ in range(3)] == [200, 200, 200]


def test_forms_that_take_a_secret_are_throttled_more(settings: Settings) -> None:
    settings.KEYLESS_REQUESTS_PER_MINUTE = 40
    client = Client()
    with time_machine.travel("2026-03-01T12:00:30Z", tick=False):
        for path in ("/sign-in/", "/password/reset/"):
            assert client.post(path, {"username": "a@example.com", "password": "x"}).status_code == 422
        refused = client.post("/invitations/x/")
        assert (refused.status_code, refused["Retry-After"], "in a minute" in refused.content.decode()) == (
            429,
            "30",
            True,
        )
        assert client.get("/sign-in/").status_code == 200


def test_a_refusal_names_the_key_or_role_that_it_takes(people: People) -> None:
    by_key = people.api(ApiKey.Scope.READ).get("/api/v1/audit").json()["error"]
    assert by_key["code"] == "permission_denied"
    assert by_key["message"].endswith("does not allow this; it takes a key with the scope write.")
    by_person = people.client(people.viewer).get("/api/v1/audit").json()["error"]
    assert by_person["message"] == "Your role in this workspace does not allow this; it takes the role admin."


def test_a_session_changes_nothing_without_the_csrf_token(people: People) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = people.client(people.admin).cookies
    assert strict.post("/api/v1/projects", {"name": "x"}, content_type=JSON).status_code == 403
    strict.get("/sign-in/")
    strict.get("/profile/")
    token = strict.cookies["traceapp_csrf"].value
    sent = strict.post("/api/v1/projects", {"name": "x"}, content_type=JSON, headers={"x-csrftoken": token})
    assert sent.status_code == 201


def test_keys_are_made_listed_and_revoked(people: People, program: Client) -> None:
    made = program.post(
        "/api/v1/keys", {"name": "agent", "scopes": ["ingest"], "project": "booking"}, content_type=JSON
    ).json()
    assert (made["project"], made["created_by"]) == ("booking", "admin@example.com")
    assert Client(headers={"x-api-key": made["token"]}).get("/api/v1/me").json()["project"] == "booking"
    listed = program.get("/api/v1/keys").json()["results"]
    assert [one["name"] for one in listed] == ["agent", "test"]
    assert "token" not in listed[0]
    assert program.delete(f"/api/v1/keys/{made['id']}").status_code == 204
    assert Client(headers={"x-api-key": made["token"]}).get("/api/v1/me").status_code == 401


def test_a_key_says_whether_it_is_confined_to_its_project(program: Client) -> None:
    def made(**sent: Any) -> tuple[bool, bool, str | None]:
        key = program.post("/api/v1/keys", {"name": "agent", "scopes": ["read"], **sent}, content_type=JSON).json()
        listed = program.get("/api/v1/keys").json()["results"][0]
        me = Client(headers={"x-api-key": key["token"]}).get("/api/v1/me").json()
        return key["is_confined"], listed["is_confined"], me["project"]

    assert made() == made(is_confined=False) == made(project="booking", is_confined=False) == (False, False, None)
    assert made(project="booking") == (True, True, "booking")


def test_a_key_that_is_to_be_confined_to_no_project_is_refused(program: Client) -> None:
    sent = {"name": "agent", "scopes": ["read"], "is_confined": True}
    answer = program.post("/api/v1/keys", sent, content_type=JSON)
    words = ["Name the project that the key is to be confined to."]
    assert (answer.status_code, answer.json()["error"]["fields"]) == (400, {"is_confined": words})
    assert ApiKey.objects.count() == 1


def test_a_key_of_one_project_makes_no_wider_one(people: People) -> None:
    bound = people.api(ApiKey.Scope.WRITE, project=people.project)
    assert bound.post("/api/v1/keys", {"name": "x", "scopes": ["read"]}, content_type=JSON).status_code == 403
    assert ApiKey.objects.count() == 1


def test_a_project_of_another_workspace_cannot_be_named(people: People, program: Client) -> None:
    Project.objects.create(workspace=people.elsewhere, name="secret", slug="secret")
    answer = program.post("/api/v1/keys", {"name": "x", "scopes": ["read"], "project": "secret"}, content_type=JSON)
    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == ["project"]


def test_members_and_the_audit_log_are_given_to_admins(people: People, program: Client) -> None:
    members = program.get("/api/v1/members").json()["results"]
    assert {(one["email"], one["role"]) for one in members} == {
        (f"{role}@example.com", role) for role in Membership.Role.values
    }
    AuditEvent.objects.create(workspace_id=people.elsewhere.pk, actor="x", action="api_key.created")
    events = program.get("/api/v1/audit", {"action": "api_key."}).json()["results"]
    assert [event["actor"] for event in events] == ["admin@example.com"]


def test_processes_share_the_requests_of_a_minute_and_let_none_pass_beyond() -> None:
    one, other = throttle.Allowances(), throttle.Allowances()
    with time_machine.travel("2026-03-01T12:00:30Z", tick=False):
        caller = str(uuid4())
        assert [one.use(caller, most=300), other.use(caller, most=300)] == [True, True]
        assert sum(one.use(caller, most=300) for _ in range(400)) == 300 - 1 - 3
        assert sum(other.use(caller, most=300) for _ in range(400)) == 2
