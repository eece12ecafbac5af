"""What people and programs are told while the database is away."""

import pytest
from django.db import connection
from django.test import Client, RequestFactory

from tests.factories.accounts import UserFactory
from tests.fixtures.people import People
from traceapp import failures


def lose_the_database() -> None:
    """Ends this connection from the server's side, as a restart of the database does."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
    other.close()


@pytest.fixture
def client(transactional_db: None) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory())
    return client


def test_a_program_is_told_to_try_again(client: Client) -> None:
    lose_the_database()
    answer = client.post("/api/v1/feedback", {"key": "note"}, "application/json", headers={"x-api-key": "ta_x_y"})
    connection.close()
    assert (answer.status_code, answer["Retry-After"], answer.json()["error"]["code"]) == (503, "5", "unavailable")


def test_a_person_is_told_what_was_kept(client: Client) -> None:
    lose_the_database()
    answer = client.get("/w/acme/traces/")
    connection.close()
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "What was saved before is kept" in answer.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "audit?action=%00",
        "datasets?name=a%00",
        "traces?project=%00",
        "traces/%00",
        "me?workspace=%00",
        "projects/a%00b",
    ],
)
def test_an_address_with_a_nul_is_refused(people: People, path: str) -> None:
    answer = people.api("write").get(f"/api/v1/{path}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_address")
    page = people.client(people.admin).get(f"/w/acme/traces/?q=%00&{path.partition('?')[2]}")
    assert (page.status_code, "leave it out" in page.content.decode()) == (400, True)
    assert "default-src" in page["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "words"), [("/api/v1/me", "logged with the request's id"), ("/w/acme/", "Something went wrong here")]
)
def test_a_fault_of_the_program_stays_one(rf: RequestFactory, path: str, words: str) -> None:
    answer = None
    try:
        int("x")
    except ValueError:
        answer = failures.failed(rf.get(path))
    assert answer is not None
    assert (answer.status_code, "Retry-After" in answer) == (500, False)
    assert words in answer.content.decode()
