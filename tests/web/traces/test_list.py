"""The trace list: what it shows, finds, suggests, keeps, and what it costs."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from annotation.models import AuditEvent, Item, SavedView, Trace
from tests.factories.feedback import FeedbackFactory
from tests.factories.queues import QueueFactory
from tests.factories.traces import STARTED_AT, TraceFactory
from tests.fixtures.people import People
from tests.web.traces.conftest import HOSTILE, squeezed

pytestmark = pytest.mark.django_db
LIST = "/w/acme/traces/"


def shown(page: str) -> list[str]:
    """The first line of every row, in order."""
    return re.findall(r'<a class="opens-row".*?<div>(.*?)</div>', page, re.DOTALL)


def test_a_row_says_what_was_asked_and_got_and_what_people_thought(editor: Client, trip: Trace) -> None:
    Trace.objects.filter(pk=trip.pk).update(verdict="bad", verdict_source="user")
    FeedbackFactory.create(trace=trip, key="thumbs", score=0)
    FeedbackFactory.create(trace=trip, key="label", value="Wrong policy", source="reviewer")
    FeedbackFactory.create(trace=trip, key="layer", value="harness", source="reviewer")
    page = squeezed(editor.get(LIST))
    for words in (
        "Move my booking.",
        "I could not reach the rates.",
        "Wrong policy",
        "harness",
        "user, thumbs down",
        "6.4 s",
        "5,812",
    ):
        assert words in page
    assert re.search(r'<span class="chip bad"[^>]*>.*?Bad</span>', page)


def test_bars_say_how_many_began_when_and_how_many_failed(people: People, editor: Client) -> None:
    for minutes, status in ((0, "ok"), (0, "error"), (30, "ok")):
        TraceFactory.create(project=people.project, status=status, started_at=STARTED_AT + timedelta(minutes=minutes))
    page = editor.get(LIST).content.decode()
    day, year = f"{STARTED_AT.day} {STARTED_AT:%b}", STARTED_AT.year
    first, last = f"{STARTED_AT:%H:%M}", f"{STARTED_AT + timedelta(minutes=30):%H:%M}"
    assert f"<title>{day}, {first}: 2, failed 1</title>" in page
    assert f"<td>{day} {year}, {first}</td><td>2</td><td>1</td>" in page
    assert f"<td>{day} {year}, {last}</td><td>1</td><td>0</td>" in page
    assert (page.count('class="all" x='), page.count('class="failed" x=')) == (2, 1)


def test_filter_project_and_cursor_choose_the_rows(
    people: People, editor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        TraceFactory.create(
            project=people.project, input=f"number {number}", started_at=STARTED_AT + timedelta(minutes=number)
        )
    monkeypatch.setattr("annotation.domain.traces.listing.PAGE_SIZE", 3)
    first = squeezed(editor.get(LIST))
    assert shown(first) == ["number 3", "number 2", "number 1"]
    following = re.search(r'rel="next" href="(\?cursor=[^"]+)"', first)
    assert following is not None
    assert shown(squeezed(editor.get(LIST + following[1]))) == ["number 0"]
    assert shown(squeezed(editor.get(LIST, {"filter": 'input contains "number 2"'}))) == ["number 2"]
    assert shown(squeezed(editor.get(LIST, {"project": "nowhere"}))) == []
    again = squeezed(editor.get(LIST, {"cursor": "nonsense"}))
    assert "That page of the list is no more" in again
    assert len(shown(again)) == 3


def test_other_workspaces_do_not_shine_through(people: People, editor: Client) -> None:
    TraceFactory.create(project=people.other_project, input="theirs", user_id="their-user")
    page = squeezed(editor.get(LIST))
    assert shown(page) == []
    assert "theirs" not in page
    assert "their-user" not in squeezed(editor.get(f"{LIST}suggestions/", {"add": "user is "}))


def test_a_term_is_joined_to_the_filter_in_its_canonical_form(editor: Client) -> None:
    answer = editor.get(LIST, {"filter": "status is error", "add": "latency>2s or tag is x"})
    assert answer.status_code == 302
    assert answer["Location"] == ("/w/acme/traces/?filter=status+is+error+and+%28latency+%3E+2s+or+tag+is+x%29")


def test_a_wrong_filter_says_where_and_what_to_write(editor: Client, trip: Trace) -> None:
    answer = editor.get(LIST, {"filter": "verdict is bda"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Did you mean `bad`?" in page
    assert "verdict is bda\n           ^^^" in page
    assert 'value="verdict is bda"' in page


def test_chips_stand_for_the_terms_and_take_them_away(editor: Client) -> None:
    page = squeezed(editor.get(LIST, {"filter": "status is error and latency > 2s"}))
    assert re.findall(r'aria-label="Remove ([^"]+)"', page) == ["status is error", "latency &gt; 2s"]
    assert 'href="?filter=latency+%3E+2s" aria-label="Remove status is error"' in page


def test_suggestions_follow_the_grammar_and_know_values(people: People, editor: Client) -> None:
    TraceFactory.create(project=people.project, tags=["refund", "vip"])

    def ask(text: str) -> list[str]:
        page = squeezed(editor.get(f"{LIST}suggestions/", {"add": text}))
        return re.findall(r'data-text="([^"]*)"', page)

    assert ask("lat") == ["latency"]
    assert ask("status is e") == ["status is error"]
    assert ask("verdict is bad ") == ["verdict is bad and", "verdict is bad or"]
    assert ask("tag is re") == ["tag is refund"]


def test_an_empty_workspace_says_how_to_send_the_first_trace(people: People) -> None:
    page = squeezed(people.client(people.admin).get(LIST))
    assert "OTEL_EXPORTER_OTLP_ENDPOINT=http://testserver" in page
    assert 'href="/w/acme/settings/keys/"' in page


def test_nothing_found_offers_to_clear_the_filter(editor: Client, trip: Trace) -> None:
    page = squeezed(editor.get(LIST, {"filter": "tag is nothing"}))
    assert "No trace matches" in page
    assert "OTEL_EXPORTER" not in page


def test_a_view_is_kept_changed_and_deleted(people: People, editor: Client) -> None:
    editor.post(f"{LIST}views/", {"name": "Slow", "filter": "latency>2s"})
    view = SavedView.objects.get()
    assert (view.name, view.filter) == ("Slow", "latency > 2s")
    assert re.search(r'aria-current="page">Slow<', squeezed(editor.get(LIST, {"filter": "latency > 2s"})))
    editor.post(f"{LIST}views/", {"name": "slow", "filter": "latency > 5s"})
    assert [one.filter for one in SavedView.objects.all()] == ["latency > 5s"]
    editor.post(f"{LIST}views/{view.uuid}/delete/")
    assert not SavedView.objects.exists()
    assert AuditEvent.objects.filter(action="saved_view.deleted").count() == 1


def test_marked_traces_go_into_a_queue_once(people: People, editor: Client, trip: Trace) -> None:
    queue = QueueFactory.create(workspace=people.workspace, status="active")
    theirs = TraceFactory.create(project=people.other_project)
    given = {"queue": queue.uuid, "trace": [trip.uuid, theirs.uuid, "x"], "back": "/w/acme/traces/?filter=tag+is+a"}
    answer = editor.post(f"{LIST}add-to-queue/", given)
    assert answer["Location"] == "/w/acme/traces/?filter=tag+is+a"
    assert [item.trace_uuid for item in Item.objects.filter(queue=queue)] == [trip.uuid]
    page = editor.post(f"{LIST}add-to-queue/", given | {"back": "//evil.example/"}, follow=True)
    assert page.redirect_chain == [("/w/acme/traces/", 302)]
    assert "1 stood there already" in squeezed(page)


def test_two_marked_traces_become_one_pair(people: People, editor: Client, trip: Trace) -> None:
    queue, second = QueueFactory.create(workspace=people.workspace), TraceFactory.create(project=people.project)
    alone = editor.post(f"{LIST}pair/", {"queue": queue.uuid, "trace": [trip.uuid]}, follow=True)
    assert "Mark exactly two traces" in squeezed(alone)
    given = {"queue": queue.uuid, "trace": [trip.uuid, second.uuid]}
    assert "The pair is now in" in squeezed(editor.post(f"{LIST}pair/", given, follow=True))
    turned = given | {"trace": [second.uuid, trip.uuid]}
    assert "The pair stood already in" in squeezed(editor.post(f"{LIST}pair/", turned, follow=True))
    (item,) = Item.objects.filter(queue=queue)
    assert (item.kind, {item.trace_uuid, item.other_trace_uuid}) == ("pair", {trip.uuid, second.uuid})


def test_hostile_rows_are_text(editor: Client, hostile: Trace) -> None:
    page = squeezed(editor.get(LIST))
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert HOSTILE not in page


def test_a_live_list_asks_for_its_rows_only(editor: Client, trip: Trace) -> None:
    page = squeezed(editor.get(LIST, {"live": "1"}))
    assert 'hx-trigger="every 5s"' in page
    part = editor.get(LIST, {"live": "1"}, headers={"hx-request": "true"})
    assert squeezed(part).startswith('<div class="stack" id="traces"')
    assert "HX-Request" in part["Vary"]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_however_long(
    people: People, editor: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        FeedbackFactory.create(trace=TraceFactory.create(project=people.project, verdict="good", verdict_source="user"))
    QueueFactory.create(workspace=people.workspace, status="active")
    with django_assert_num_queries(13):
        editor.get(LIST, {"filter": "verdict is good"})


def test_admins_make_a_rule_of_what_they_see(people: People, editor: Client, trip: Trace) -> None:
    QueueFactory.create(workspace=people.workspace)
    asked = {"filter": "status is error", "project": "booking"}
    admin = people.client(people.admin)
    link = re.search(r'href="(/w/acme/rules/new/[^"]+)"', admin.get(LIST, asked).content.decode())

    assert link is not None
    assert "status is error and project is booking" in squeezed(admin.get(link[1]))
    assert "/rules/new/" not in editor.get(LIST, asked).content.decode()
    assert "/rules/new/" not in admin.get(LIST).content.decode()
