"""Feedback over the REST interface: before and after its target, once, checked, and what it makes of the trace."""

import threading
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from annotation.domain.ingest.identity import run_uuid
from annotation.models import Feedback, FeedbackConfig, Trace
from tests.domain.ingest.test_store import key_of, send
from tests.factories import ProjectFactory
from tests.fixtures.people import People
from tests.fixtures.spans import TRACE, call, span

pytestmark = pytest.mark.django_db
URL = "/api/v1/feedback"
TRACE_ID = str(UUID(bytes=TRACE))


def give(client: Client, **fields: Any) -> Any:
    return client.post(URL, fields, content_type="application/json")


def verdict() -> tuple[str | None, str | None]:
    return Trace.objects.values_list("verdict", "verdict_source").get()


@pytest.mark.parametrize("first", ["feedback", "trace"])
@pytest.mark.parametrize(
    "target",
    [
        {"trace_id": TRACE_ID},
        {"trace_id": TRACE.hex()},
        {"run_id": (2).to_bytes(8).hex()},
        {"run_external_id": (2).to_bytes(8).hex(), "trace_id": TRACE_ID},
        {"run_id": "uuid"},
    ],
)
def test_feedback_and_its_trace_find_each_other(people: People, first: str, target: dict[str, str]) -> None:
    key, client = key_of(people), people.api("ingest")
    if target.get("run_id") == "uuid":
        target = {"run_id": str(run_uuid(TRACE, (2).to_bytes(8)))}
    steps: list[Any] = [lambda: give(client, key="thumbs", score=0, source="user", **target),
             lambda: send(key, span(1), call(2, parent=1), service_name="booking")]  # fmt: skip
    for step in steps if first == "feedback" else steps[::-1]:
        step()
    assert verdict() == ("bad", "user")
    whole = people.api("read").get(f"/api/v1/traces/{TRACE_ID}").json()
    assert whole["verdict"] == "bad"
    [feedback] = whole["feedback"]
    assert (feedback["trace_id"], feedback["key"], feedback["score"]) == (TRACE_ID, "thumbs", 0)
    assert feedback["run_external_id"] == ((2).to_bytes(8).hex() if len(target) > 1 or "run_id" in target else None)
    assert Feedback.objects.get().project == people.project


def test_span_ids_mean_the_same_in_capitals(people: People) -> None:
    given = [give(people.api("ingest"), key="thumbs", score=1, run_id=name).json() for name in ("AB" * 8, "My-Run-7")]
    assert [one["run_external_id"] for one in given] == ["ab" * 8, "My-Run-7"]


def test_feedback_unsettles_the_trace(people: People) -> None:
    send(key_of(people), span(1))
    Trace.objects.update(settled_at="2026-01-01T00:00:00Z")
    give(people.api("ingest"), key="thumbs", score=True, source="user", trace_id=TRACE_ID)
    assert Trace.objects.values_list("settled_at", "verdict").get() == (None, "good")


def test_a_client_id_is_one_feedback_of_one_source(people: People) -> None:
    send(key_of(people), span(1))
    client = people.api("ingest")
    first = give(client, client_id="c1", key="thumbs", score=1, source="user", trace_id=TRACE_ID)
    again = give(client, id="c1", key="thumbs", score=1, source="user", trace_id=TRACE_ID)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    changed = give(client, client_id="c1", key="thumbs", score=0, source="user", trace_id=TRACE_ID)
    assert (changed.json()["id"], changed.json()["score"], verdict()) == (first.json()["id"], 0, ("bad", "user"))
    other = give(client, client_id="c1", key="thumbs", score=1, source="judge", trace_id=TRACE_ID)
    assert (other.status_code, list(other.json()["error"]["fields"])) == (400, ["client_id"])
    assert Feedback.objects.values_list("score", "source").get() == (0, "user")


@pytest.mark.parametrize(("target", "count"), [({"trace_id": TRACE_ID}, 8), ({"run_id": (1).to_bytes(8).hex()}, 9)])
def test_giving_takes_few_statements_however_much_was_said(
    people: People, target: dict[str, str], count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """The key, begin, (the run,) its trace held, the configs, the insert, all words, the trace written once, commit."""
    send(key_of(people), span(1))
    client = people.api("ingest")
    give(client, key="thumbs", score=1, source="user", **target)  # the first use of a key is noted
    for client_id in ("a", "b", None):
        with django_assert_num_queries(count):
            assert give(client, client_id=client_id, key="thumbs", score=0, source="user", **target).status_code == 201
    assert verdict() == ("unsure", "user")


def test_one_list_may_bring_a_client_id_twice_and_what_is_there_with_what_is_not(people: People) -> None:
    send(key_of(people), span(1))
    client = people.api("ingest")
    before = give(client, client_id="b", key="thumbs", score=1, source="user", trace_id=TRACE_ID).json()
    missing = str(UUID(int=7))
    items = [
        {"client_id": name, "key": "thumbs", "score": score, "source": "user", "trace_id": trace}
        for name, score, trace in [("a", 1, TRACE_ID), ("a", 0, TRACE_ID), ("b", 0, TRACE_ID), ("c", 1, missing)]
    ]
    answer = client.post(URL, items, content_type="application/json")
    assert [one["is_new"] for one in answer.json()["results"]] == [True, False, False, True]
    assert answer.json()["results"][2]["feedback"]["id"] == before["id"]
    project = Trace.objects.get().project_id
    stored = Feedback.objects.order_by("client_id").values_list("client_id", "score", "project")
    assert list(stored) == [("a", 0, project), ("b", 0, project), ("c", 1, None)]
    assert verdict() == ("bad", "user")


def test_no_source_overwrites_another(people: People) -> None:
    send(key_of(people), span(1))
    client = people.api("ingest")
    for source, score in (("judge", 1), ("user", 0), ("signal", 1)):
        give(client, key="thumbs", score=score, source=source, trace_id=TRACE_ID)
    assert Feedback.objects.count() == 3
    assert verdict() == ("bad", "user")


def test_a_list_stores_what_is_sound_and_says_what_is_not(people: People) -> None:
    FeedbackConfig.objects.create(workspace=people.workspace, key="stars", kind="number", minimum=1, maximum=5,
                                  good_from=4, bad_below=3)  # fmt: skip
    FeedbackConfig.objects.create(
        workspace=people.workspace,
        key="outcome",
        kind="categories",
        categories=[{"value": "solved", "label": "Solved", "verdict": "good"}],
    )
    items = [
        {"key": "stars", "score": 5, "trace_id": TRACE_ID},
        {"key": "stars", "score": 6, "trace_id": TRACE_ID},
        {"key": "outcome", "value": "nope", "trace_id": TRACE_ID},
        {"key": "stars", "score": 4},
        {"key": "thumbs", "trace_id": TRACE_ID},
        {"key": "thumbs", "score": "up", "thread_id": "t"},
        "no object",
    ]
    answer = people.api("ingest").post(URL, items, content_type="application/json")
    assert (answer.status_code, answer.json()["stored_count"]) == (207, 1)
    results = answer.json()["results"]
    assert results[0]["feedback"]["score"] == 5
    assert [list(one["error"]["fields"].items()) for one in results[1:6]] == [
        [("score", ["Give at most 5."])],
        [("value", ["Choose of: solved."])],
        [("target", ["Name what it is about: a run_id, a trace_id or a thread_id, and not two of them."])],
        [("score", ["Give at least one of score, value, comment or correction."])],
        [("score", ["Give a number, true or false."])],
    ]
    assert "error" in results[6]
    assert Feedback.objects.count() == 1


def test_who_may_give_what(people: People) -> None:
    fields = {"key": "thumbs", "score": 1, "trace_id": TRACE_ID}
    assert give(people.api("read"), **fields).status_code == 403
    assert give(people.api("ingest"), source="reviewer", **fields).status_code == 403
    written = give(people.api("write"), source="reviewer", **fields)
    assert (written.status_code, Feedback.objects.get().author) == (201, people.admin)


def test_a_key_of_one_project_has_no_say_in_another(people: People) -> None:
    bound = people.api("ingest", project=people.project)
    assert give(bound, key="thumbs", score=0, trace_id=TRACE_ID).status_code == 201
    send(key_of(people), span(1), service_name="shop")
    assert verdict() == (None, None)
    refused = give(bound, key="thumbs", score=0, trace_id=TRACE_ID)
    assert (refused.status_code, list(refused.json()["error"]["fields"])) == (400, ["target"])


def test_a_trace_shows_words_on_its_own_conversation_only(people: People) -> None:
    send(key_of(people), span(1, attributes={"session.id": "t-1"}), service_name=people.project.name)
    other = ProjectFactory(workspace=people.workspace)
    for project, comment in ((people.project, "ours"), (other, "theirs"), (None, "anyone's")):
        give(people.api("ingest", project=project), key="note", comment=comment, thread_id="t-1")
    shown = people.api("read").get(f"/api/v1/traces/{TRACE_ID}").json()
    assert (shown["project"], [one["comment"] for one in shown["feedback"]]) == ("booking", ["ours", "anyone's"])


def test_lists_by_target_key_source_and_time(people: People) -> None:
    client, read = people.api("ingest"), people.api("read")
    send(key_of(people), span(1, attributes={"session.id": "t-1"}))
    give(client, key="thumbs", score=1, source="user", trace_id=TRACE_ID, created_at="2026-01-01T00:00:00Z")
    give(client, key="note", comment="hm", run_id=(1).to_bytes(8).hex(), created_at="2026-01-02T00:00:00Z")
    give(client, key="mood", value="sad", thread_id="t-1", created_at="2026-01-03T00:00:00Z")

    def keys(**query: str) -> list[str]:
        return [one["key"] for one in read.get(URL, query).json()["results"]]

    assert keys() == ["mood", "note", "thumbs"]
    assert keys(trace_id=TRACE_ID) == ["note", "thumbs"]
    assert keys(run_id=(1).to_bytes(8).hex()) == ["note"]
    assert keys(thread_id="t-1") == ["mood"]
    assert keys(source="user") == keys(key="thumbs") == ["thumbs"]
    assert keys(since="2026-01-02T00:00:00Z", until="2026-01-03T00:00:00Z") == ["note"]
    page = read.get(URL, {"limit": "2"}).json()
    assert [one["key"] for one in read.get(URL, {"cursor": page["next_cursor"]}).json()["results"]] == ["thumbs"]
    assert read.get(URL, {"source": "nobody"}).status_code == 400
    shown = read.get(f"/api/v1/traces/{TRACE_ID}").json()["feedback"]
    assert [one["key"] for one in shown] == ["thumbs", "note", "mood"]


@pytest.mark.django_db(transaction=True)
def test_feedback_and_trace_at_the_same_moment_do_not_miss_each_other(people: People) -> None:
    key, token = key_of(people), people.token("ingest")
    traces = [number.to_bytes(16) for number in range(1, 41)]

    def run(steps: Any) -> None:
        for step in steps:
            step()
        connection.close()

    client = Client(headers={"x-api-key": token})
    judging = [lambda trace=trace: give(client, key="thumbs", score=1, trace_id=trace.hex()) for trace in traces]
    sending = [lambda trace=trace: send(key, span(1, trace=trace)) for trace in traces]
    threads = [threading.Thread(target=run, args=(steps,)) for steps in (judging, sending)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(Trace.objects.values_list("verdict", flat=True)) == ["good"] * 40


def test_giving_is_bounded_by_what_is_under_way_and_by_no_number_in_a_minute(
    people: People, settings: Settings
) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1
    client = people.api("ingest", "read")
    fields = {"key": "thumbs", "score": 1, "thread_id": "t"}
    assert [give(client, **fields).status_code for _ in range(3)] == [201] * 3
    assert [client.get(URL).status_code for _ in range(2)] == [200, 429]
    settings.INGEST_MAX_REQUESTS = 0
    for program, shape in (({}, "error"), ({"user-agent": "langsmith-py/0.4"}, "detail")):
        refused = client.post(URL, fields, content_type="application/json", headers=program)
        assert (refused.status_code, refused["Retry-After"], list(refused.json())) == (429, "1", [shape])
    assert Feedback.objects.count() == 3
