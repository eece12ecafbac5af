"""One address, two protocols: our own contract stays as it is, whatever the SDKs ask at the same place."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.api.langsmith.conftest import AGENT
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db
URL = "/api/v1/feedback"
RUN = "6d89a667-9e18-4d0d-b160-9e67324068a4"


def client(people: People, agent: str = "python-requests/2.32") -> Client:
    return Client(headers={"x-api-key": people.token("write"), "user-agent": agent})


@pytest.mark.parametrize(
    "query", ["", "?key=thumbs", f"?run_id={RUN}", "?limit=5", "?source=judge", "?since=2026-01-01T00:00:00Z"]
)
def test_our_own_list_is_a_page(people: People, query: str) -> None:
    assert client(people).get(URL + query).json() == {"results": [], "next_cursor": None}


@pytest.mark.parametrize("agent", [AGENT, "langsmith-js/0.3.80"])
def test_the_sdks_get_an_array(people: People, agent: str) -> None:
    assert client(people, agent).get(f"{URL}?key=thumbs&limit=5").json() == []
    assert client(people, agent).get("/feedback").json() == []


@pytest.mark.parametrize("query", [f"?run={RUN}", "?offset=0", "?level=run", "?has_score=true", f"?session={RUN}"])
def test_their_parameters_get_an_array_whoever_asks(people: People, query: str) -> None:
    assert client(people).get(URL + query).json() == []


def test_our_own_giving_answers_as_before(people: People) -> None:
    own = client(people)
    one = own.post(URL, {"key": "thumbs", "score": 1, "run_id": RUN, "id": "mine"}, content_type="application/json")
    assert (one.status_code, sorted(one.json())) == (201, [
        "comment", "correction", "created_at", "id", "key", "metadata", "run_external_id", "score", "source",
        "thread_id", "trace_id", "value",
    ])  # fmt: skip
    several = own.post(URL, [{"key": "thumbs", "score": 1, "run_id": RUN}] * 2, content_type="application/json")
    assert (several.status_code, several.json()["stored_count"]) == (201, 2)
    wrong = own.post(URL, {"key": "thumbs", "score": 1}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, "invalid")
    broken = own.post(URL, "{", content_type="application/json")
    assert (broken.status_code, "error" in broken.json()) == (400, True)


def test_their_fields_are_understood_whoever_sends_them(people: People) -> None:
    sent = {"id": RUN, "key": "thumbs", "score": 1, "run_id": RUN, "feedback_source": {"type": "app"}}
    said = client(people).post(URL, sent, content_type="application/json")
    assert (said.status_code, said.json()["feedback_source"]["type"]) == (200, "app")
    wrong = client(people).post(URL, {**sent, "score": "x"}, content_type="application/json")
    assert (wrong.status_code, list(wrong.json())) == (422, ["detail"])


def test_a_session_of_the_pages_gets_our_own(people: People) -> None:
    browser = people.client(people.admin)
    assert browser.get(URL, headers={"user-agent": "Mozilla/5.0"}).json() == {"results": [], "next_cursor": None}
    assert browser.get(URL, headers={"user-agent": AGENT}).status_code == 401
