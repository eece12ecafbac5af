"""Links at which a browser may judge one run under one key, without a key of ours, until their time has passed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from annotation.models import Feedback, FeedbackConfig, FeedbackLink, Trace
from tests.api.langsmith.conftest import Sdk, stored_trace
from tests.factories import ProjectFactory
from tests.factories.feedback import FeedbackLinkFactory
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db
BROWSER = {"user-agent": "Mozilla/5.0", "origin": "https://shop.example"}


def made(sdk: Sdk, **fields: Any) -> dict[str, Any]:
    wish = {"run_id": str(uuid4()), "feedback_key": "thumbs", "expires_in": {"days": 0, "hours": 3, "minutes": 0}}
    said: dict[str, Any] = sdk.ok("POST", "/feedback/tokens", wish | fields)
    return said


def test_whoever_has_the_link_may_judge_its_run(people: People, sdk: Sdk) -> None:
    _, [root, _] = stored_trace(people.project)
    link = made(sdk, run_id=str(root.uuid))
    assert link["url"] == f"http://testserver/api/v1/feedback/tokens/{link['id']}"
    assert link["feedback_key"] == "thumbs"
    left = datetime.fromisoformat(link["expires_at"]) - datetime.now(UTC)
    assert timedelta(hours=2, minutes=59) < left <= timedelta(hours=3)
    answer = Client().get(link["url"], {"score": "1"}, headers=BROWSER)
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, "*")
    given = Feedback.objects.get()
    assert (given.source, given.score, given.run_uuid, given.author) == ("user", 1.0, root.uuid, None)
    assert Trace.objects.get().verdict == "good"


def test_what_is_said_later_is_added_to_the_same_feedback(people: People, sdk: Sdk) -> None:
    feedback_id = str(uuid4())
    url = made(sdk, id=feedback_id)["url"]
    for said in (
        {"score": 0},
        {"comment": "too slow", "metadata": {"page": "/trip"}},
        {"score": True, "metadata": {"n": 2}},
    ):
        assert Client().post(url, said, content_type="application/json").status_code == 200
    given = Feedback.objects.get()
    assert (given.score, given.comment, given.metadata) == (1.0, "too slow", {"page": "/trip", "n": 2})
    assert sdk.ok("GET", f"/feedback/{feedback_id}")["comment"] == "too slow"


def test_several_at_once_and_listed(people: People, sdk: Sdk) -> None:
    run = str(uuid4())
    wishes = [
        {"run_id": run, "feedback_key": key, "expires_at": "2099-01-01T00:00:00+00:00", "expires_in": None}
        for key in "ab"
    ]
    several = sdk.ok("POST", "/feedback/tokens", wishes)
    assert [one["feedback_key"] for one in several] == ["a", "b"]
    assert sdk.ok("GET", "/feedback/tokens", run_id=run) == several[::-1]
    assert sdk.ok("GET", "/feedback/tokens", run_id=str(uuid4())) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"expires_in": {"days": 400}},
        {"expires_in": {"hours": -1}},
        {"expires_in": 3},
        {"run_id": "x"},
        {"feedback_key": None},
        {"feedback_key": "k" * 181},
    ],
)
def test_links_that_cannot_be(people: People, sdk: Sdk, wrong: dict[str, Any]) -> None:
    wish = {"run_id": str(uuid4()), "feedback_key": "thumbs"} | wrong
    assert sdk("POST", "/feedback/tokens", [wish, wish]).status_code == 422
    assert not FeedbackLink.objects.exists()


def test_a_link_ends_with_its_time(people: People) -> None:
    past = FeedbackLinkFactory.create(workspace=people.workspace, expires_at=datetime(2026, 1, 1, tzinfo=UTC))
    for uuid in (past.uuid, uuid4()):
        answer = Client().post(f"/api/v1/feedback/tokens/{uuid}", {"score": 1}, content_type="application/json")
        assert (answer.status_code, "ask for a new one" in answer.json()["detail"]) == (404, True)
    assert not Feedback.objects.exists()


def test_a_link_of_a_bound_key_judges_runs_of_its_project_only(people: People) -> None:
    mine = Sdk(people.token("ingest", project=people.project))
    _, [foreign, _] = stored_trace(ProjectFactory.create(workspace=people.workspace))
    url = made(mine, run_id=str(foreign.uuid))["url"]
    assert Client().post(url, {"score": 1}, content_type="application/json").status_code == 422
    assert not Feedback.objects.exists()


def test_a_page_of_another_origin_may_ask_first(people: People, sdk: Sdk) -> None:
    answer = Client().options(made(sdk)["url"].removeprefix("http://testserver"), headers=BROWSER)
    assert (answer.status_code, answer["Access-Control-Allow-Methods"]) == (204, "GET, POST, OPTIONS")


def test_a_config_comes_with_the_first_link(people: People, sdk: Sdk) -> None:
    config = {"type": "continuous", "min": 1, "max": 5}
    url = made(sdk, feedback_key="stars", feedback_config=config)["url"]
    assert FeedbackConfig.objects.values_list("key", "kind", "minimum", "maximum").get() == ("stars", "number", 1, 5)
    refused = Client().get(url, {"score": "6"})
    assert (refused.status_code, "at most 5" in refused.json()["detail"]) == (422, True)
    assert Client().get(url, {"score": "many"}).status_code == 422
    assert not Feedback.objects.exists()


def test_a_meaning_that_cannot_be_makes_no_link(sdk: Sdk) -> None:
    wish = {"run_id": str(uuid4()), "feedback_key": "tone", "feedback_config": {"type": "odd"}}
    answer = sdk("POST", "/feedback/tokens", wish)
    assert (answer.status_code, "feedback_config.type" in answer.json()["detail"]) == (422, True)
    assert not FeedbackLink.objects.exists()
