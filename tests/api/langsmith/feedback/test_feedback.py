"""Feedback as the SDKs send and read it: before its run and after, once, changed, listed, taken back."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotation.api.langsmith.feedback.giving import give_parts
from annotation.domain.ingest.identity import run_uuid
from annotation.domain.projects import keys
from annotation.models import Feedback, Trace
from tests.api.langsmith.conftest import Sdk, stored_trace
from tests.domain.ingest.test_store import key_of, send
from tests.factories import ProjectFactory
from tests.factories.feedback import FeedbackFactory
from tests.factories.reviews import ReviewFactory
from tests.fixtures.people import People
from tests.fixtures.spans import TRACE, call, span

pytestmark = pytest.mark.django_db


def sent(**fields: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "key": "correctness", "score": 1.0, "feedback_source": {"type": "api"}} | fields


def test_what_is_sent_comes_back_as_sent(people: People, sdk: Sdk) -> None:
    trace, [root, step] = stored_trace(people.project)
    one = sent(
        run_id=str(step.uuid),
        trace_id=str(trace.uuid),
        score=0.25,
        value={"label": "fair", "parts": [1, 2]},
        comment="half of it",
        correction={"answer": "42"},
        feedback_source={"type": "model", "metadata": {"__run": {"run_id": str(root.uuid)}, "grader": "v3"}},
        feedback_group_id=str(uuid4()),
        comparative_experiment_id=str(uuid4()),
        extra={"reasoning": "…"},
        created_at="2026-03-02T09:30:00.000007+00:00",
    )
    sdk.ok("POST", "/feedback", one)
    read = sdk.ok("GET", f"/feedback/{one['id']}")
    assert read.pop("modified_at") > "2026-03-02"
    assert read == {
        **{name: one[name] for name in one if name != "feedback_source"},
        "session_id": str(people.project.uuid),
        "start_time": None,
        "is_root": False,
        "feedback_thread_id": None,
        "feedback_source": {
            "type": "model",
            "metadata": {"__run": {"run_id": str(root.uuid)}, "grader": "v3"},
            "user_id": str(people.admin.uuid),
            "user_name": "admin",
        },
    }
    assert Feedback.objects.get().source == "judge"


@pytest.mark.parametrize(
    ("given", "stored", "read"),
    [
        ({"score": True}, (1.0, None), (1.0, None)),
        ({"score": False}, (0.0, None), (0.0, None)),
        ({"score": None, "value": "A"}, (None, "A"), (None, "A")),
        ({"score": None, "value": True}, (None, True), (None, True)),
        ({"score": 3, "value": 7}, (3.0, 7), (3.0, 7)),
        ({"score": None, "value": {"a": [1]}}, (None, {"a": [1]}), (None, {"a": [1]})),
    ],
)
def test_scores_and_values_of_every_type(people: People, sdk: Sdk, given: Any, stored: Any, read: Any) -> None:
    one = sent(run_id=str(uuid4()), **given)
    sdk.ok("POST", "/feedback", one)
    row = Feedback.objects.get()
    assert (row.score, row.value) == stored
    again = sdk.ok("GET", f"/feedback/{one['id']}")
    assert (again["score"], again["value"]) == read


@pytest.mark.parametrize(
    ("type_", "source"), [("api", "api"), ("app", "user"), ("model", "judge"), ("auto_eval", "judge"), (None, "api")]
)
def test_types_of_source_are_ours_and_come_back(people: People, sdk: Sdk, type_: str | None, source: str) -> None:
    one = sent(run_id=str(uuid4()), feedback_source={"type": type_} if type_ else None)
    sdk.ok("POST", "/feedback", one)
    assert Feedback.objects.get().source == source
    listed = sdk.ok("GET", "/feedback", source=type_ or "api")
    assert [(row["id"], row["feedback_source"]["type"]) for row in listed] == [(one["id"], type_ or "api")]
    other = {"api": "model", "app": "api", "model": "auto_eval", "auto_eval": "model"}[type_ or "api"]
    assert sdk.ok("GET", "/feedback", source=other) == []


def test_feedback_before_its_run_joins_it(people: People, sdk: Sdk) -> None:
    run = run_uuid(TRACE, (2).to_bytes(8))
    one = sent(key="thumbs", score=0, run_id=str(run), session_id=str(uuid4()), feedback_source={"type": "app"})
    sdk.ok("POST", "/feedback", one)
    early = sdk.ok("GET", f"/feedback/{one['id']}")
    assert (early["run_id"], early["trace_id"], early["session_id"]) == (str(run), None, None)
    send(key_of(people), span(1), call(2, parent=1), service_name="booking")
    joined = sdk.ok("GET", f"/feedback/{one['id']}")
    assert (joined["run_id"], joined["session_id"]) == (str(run), str(people.project.uuid))
    assert Trace.objects.values_list("verdict", "verdict_source").get() == ("bad", "user")


def test_the_same_again_is_once_and_a_second_version_wins(people: People, sdk: Sdk) -> None:
    one = sent(run_id=str(uuid4()))
    for _ in range(2):
        sdk.ok("POST", "/feedback", one)
    sdk.ok("POST", "/feedback", {**one, "score": 0.5})
    assert [row["score"] for row in sdk.ok("GET", "/feedback")] == [0.5]


def test_a_change_keeps_what_it_does_not_name_and_empties_what_it_nulls(people: People, sdk: Sdk) -> None:
    _, [root, _] = stored_trace(people.project)
    one = sent(key="thumbs", run_id=str(root.uuid), score=1, comment="good", feedback_source={"type": "app"})
    sdk.ok("POST", "/feedback", one)
    assert Trace.objects.get().verdict == "good"
    changed = sdk.ok("PATCH", f"/feedback/{one['id']}", {"score": 0, "comment": None})
    assert (changed["score"], changed["comment"], changed["is_root"]) == (0.0, None, True)
    assert Trace.objects.get().verdict == "bad"
    assert sdk("DELETE", f"/feedback/{one['id']}").status_code == 200
    assert Trace.objects.get().verdict is None
    assert sdk("GET", f"/feedback/{one['id']}").status_code == 404


def test_a_change_that_empties_everything_or_does_not_fit_changes_nothing(people: People, sdk: Sdk) -> None:
    one = sent(key="thumbs", run_id=str(uuid4()), score=1)
    sdk.ok("POST", "/feedback", one)
    for changes, words in (({"score": None}, "at least one"), ({"score": 7}, "Thumbs"), ({"score": "x"}, "number")):
        answer = sdk("PATCH", f"/feedback/{one['id']}", changes)
        assert (answer.status_code, words in answer.json()["detail"]) == (422, True), answer.content
    assert Feedback.objects.get().score == 1


def test_words_of_a_review_are_changed_in_the_review(people: People, sdk: Sdk) -> None:
    review = ReviewFactory.create()
    one = FeedbackFactory.create(workspace=people.workspace, review=review, project=None)
    for method in ("PATCH", "DELETE"):
        answer = sdk(method, f"/feedback/{one.uuid}", {"score": 0})
        assert (answer.status_code, "review" in answer.json()["detail"]) == (409, True)
    assert Feedback.objects.filter(pk=one.pk).exists()


def test_feedback_on_a_whole_project(people: People, sdk: Sdk) -> None:
    one = sent(key="pass_rate", score=0.9, session_id=str(people.project.uuid))
    sdk.ok("POST", "/feedback", one)
    sdk.ok("POST", "/feedback", sent(run_id=str(uuid4())))
    assert [row["id"] for row in sdk.ok("GET", "/feedback", level="session")] == [one["id"]]
    assert [row["key"] for row in sdk.ok("GET", "/feedback", session=str(people.project.uuid))] == ["pass_rate"]
    read = sdk.ok("GET", f"/feedback/{one['id']}")
    assert (read["run_id"], read["trace_id"], read["session_id"]) == (None, None, str(people.project.uuid))
    unknown = sdk("POST", "/feedback", sent(session_id=str(people.other_project.uuid)))
    assert unknown.status_code == 404


def test_lists_by_run_find_what_was_said_of_its_trace(people: People, sdk: Sdk) -> None:
    trace, [root, step] = stored_trace(people.project)
    on_trace = FeedbackFactory.create(
        workspace=people.workspace, project=people.project, target="trace", trace_uuid=trace.uuid, key="a"
    )
    on_step = sent(key="b", run_id=str(step.uuid))
    sdk.ok("POST", "/feedback", on_step)
    ids = {run: [row["id"] for row in sdk.ok("GET", "/feedback", run=str(run))] for run in (root.uuid, step.uuid)}
    assert ids == {root.uuid: [str(on_trace.uuid)], step.uuid: [on_step["id"]]}
    assert len(sdk.ok("GET", "/feedback", run=[str(root.uuid), str(step.uuid)])) == 2
    assert [row["run_id"] for row in sdk.ok("GET", "/feedback", key="a")] == [str(root.uuid)]


def test_lists_are_narrowed_and_paged(people: People, sdk: Sdk) -> None:
    for number in range(3):
        comment = "said" if number == 1 else None
        sdk.ok(
            "POST",
            "/feedback",
            sent(run_id=str(uuid4()), key=f"k{number}", score=number or None, value="x", comment=comment),
        )

    def keys_of(**query: Any) -> list[str]:
        return [row["key"] for row in sdk.ok("GET", "/feedback", **query)]

    assert keys_of() == ["k2", "k1", "k0"]
    assert keys_of(limit=1, offset=1) == ["k1"]
    assert keys_of(has_comment="True") == ["k1"]
    assert keys_of(has_score="false") == ["k0"]
    assert keys_of(key=["k0", "k2"]) == ["k2", "k0"]
    assert keys_of(user=str(people.admin.uuid)) == ["k2", "k1", "k0"]
    assert keys_of(user=str(people.viewer.uuid)) == []
    assert keys_of(min_created_at="2999-01-01T00:00:00Z") == []
    assert keys_of(source="FeedbackSourceType.API") == ["k2", "k1", "k0"]


def test_a_list_costs_the_same_however_long(people: People, sdk: Sdk) -> None:
    counts = []
    for more in (1, 2):
        for _ in range(more):
            _, [root, _] = stored_trace(people.project)
            sdk.ok("POST", "/feedback", sent(run_id=str(root.uuid)))
        with CaptureQueriesContext(connection) as queries:
            sdk.ok("GET", "/feedback")
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"key": None}, "key has to be a text"),
        ({"key": "k" * 181}, "at most 180"),
        ({"run_id": "x"}, "run_id has to be a UUID"),
        ({"run_id": None}, "Name what the feedback is about"),
        ({"score": "good"}, "score"),
        ({"score": None}, "at least one"),
        ({"score": 10**400}, "64 bits"),
        ({"correction": [1]}, "correction has to be a text or an object"),
        ({"feedback_source": {"type": "oracle"}}, "feedback_source.type"),
        ({"created_at": "yesterday"}, "created_at has to be a time"),
    ],
)
def test_what_cannot_be_taken_is_said(people: People, sdk: Sdk, wrong: dict[str, Any], words: str) -> None:
    answer = sdk("POST", "/feedback", sent(run_id=str(uuid4())) | wrong)
    assert (answer.status_code, words in answer.json()["detail"]) in {(422, True), (400, False)}, answer.content
    assert not Feedback.objects.exists()


def test_absurd_nesting_is_refused(people: People, sdk: Sdk) -> None:
    value: Any = 1
    for _ in range(600):
        value = [value]
    assert sdk("POST", "/feedback", sent(run_id=str(uuid4()), value=value)).status_code == 422


def test_other_workspaces_feedback_is_not_there(people: People, sdk: Sdk) -> None:
    theirs = FeedbackFactory.create(workspace=people.elsewhere, project=people.other_project)
    for method in ("GET", "PATCH", "DELETE"):
        assert sdk(method, f"/feedback/{theirs.uuid}", {"score": 0}).status_code == 404
    assert sdk.ok("GET", "/feedback") == []
    shared = sent(run_id=str(uuid4()))
    FeedbackFactory.create(workspace=people.elsewhere, project=people.other_project, client_id=shared["id"], score=0)
    sdk.ok("POST", "/feedback", shared)
    assert sdk.ok("GET", f"/feedback/{shared['id']}")["score"] == 1.0


@pytest.mark.parametrize(
    ("scopes", "answers"),
    [(("ingest",), [200, 403, 403, 403]), (("read",), [403, 200, 403, 403]), (("write",), [200, 200, 200, 200])],
)
def test_what_each_key_may(people: People, scopes: tuple[str, ...], answers: list[int]) -> None:
    mine = Sdk(people.token(*scopes))
    known = FeedbackFactory.create(workspace=people.workspace, project=people.project)
    got = [
        mine("POST", "/feedback", sent(run_id=str(uuid4()))).status_code,
        mine("GET", f"/feedback/{known.uuid}").status_code,
        mine("PATCH", f"/feedback/{known.uuid}", {"score": 0}).status_code,
        mine("DELETE", f"/feedback/{known.uuid}").status_code,
    ]
    assert got == answers


def test_a_key_of_one_project_stays_in_it(people: People) -> None:
    other = ProjectFactory.create(workspace=people.workspace)
    _, [root, _] = stored_trace(other)
    mine = Sdk(people.token("ingest", "write", project=people.project))
    assert mine("POST", "/feedback", sent(run_id=str(root.uuid))).status_code == 422
    assert mine("POST", "/feedback", sent(session_id=str(other.uuid))).status_code == 404
    assert mine.ok("GET", "/feedback") == []


def test_parts_between_runs_are_stored_and_the_wrong_ones_named(people: People) -> None:
    actor = keys.authenticate(people.token("ingest"), now=timezone.now())
    good, bad = sent(run_id=str(uuid4()), comment="a\0b"), sent(run_id="x")
    lost = sent(session_id=str(uuid4()))
    problems = give_parts(actor, [good, bad, lost, good])
    assert problems == [
        f"feedback {bad['id']}: run_id has to be a UUID.",
        f"feedback {lost['id']}: there is no project with this session_id",
    ]
    assert Feedback.objects.values_list("client_id", "comment").get() == (good["id"], "a\N{REPLACEMENT CHARACTER}b")
