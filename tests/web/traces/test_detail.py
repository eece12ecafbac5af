"""A trace and a thread to read, and what is said about them."""

from __future__ import annotations

import base64
import html
import re
from datetime import timedelta

import pytest
from django.http import HttpResponseBase
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from annotation.models import Feedback, Run, Trace
from tests.factories.queues import ItemFactory, QueueFactory
from tests.factories.traces import STARTED_AT, RunFactory, TraceFactory
from tests.fixtures.people import People
from tests.web.traces.conftest import squeezed

pytestmark = pytest.mark.django_db


def address(trace: Trace, rest: str = "") -> str:
    return f"/w/acme/traces/{trace.uuid}/{rest}"


def turns(page: str) -> list[str]:
    return re.findall(r'<article class="turn (\w+)', page)


def test_a_trace_reads_as_a_conversation_beside_its_steps(editor: Client, trip: Trace) -> None:
    page = squeezed(editor.get(address(trip)))
    assert turns(page) == ["user", "tool", "assistant"]
    assert re.findall(r'<span class="name" title="[^"]*">(\w+)', page) == ["booking", "chat", "rates", "chat"]
    assert "TimeoutError" in page
    assert "no answer in 30 s" in page
    assert '<div class="final">' in page


def outline(page: str) -> list[str]:
    rows = re.findall(r'<span class="name" title="[^"]*">(.*?)</span>(?=<span class="f|<svg|</a>)', page)
    return [html.unescape(re.sub("<[^>]+>", " | ", row).rstrip(" |")) for row in rows]


def test_the_outline_says_what_each_step_did_and_no_name_that_all_of_them_have(editor: Client, trip: Trace) -> None:
    said = "I could not reach the rates."
    assert outline(squeezed(editor.get(address(trip)))) == [
        "booking",
        "chat | → rates",
        "rates | TX-4471",
        f"chat | {said}",
    ]
    for number in (4, 5):
        more = {"role": "assistant", "parts": [{"type": "text", "text": f"**more** {number}"}]}
        at = STARTED_AT + timedelta(seconds=number)
        RunFactory.create(trace=trip, type="llm", name="chat", messages=[more], started_at=at)
    assert outline(squeezed(editor.get(address(trip)))) == [
        "booking",
        "→ rates",
        "rates | TX-4471",
        said,
        "more 4",
        "more 5",
    ]


def test_what_a_call_was_given_of_earlier_turns_is_not_what_it_did(editor: Client, trip: Trace) -> None:
    run = trip.runs.filter(type="llm").earliest("start_nano")
    asked, call = run.messages
    before = {"role": "assistant", "parts": [{"type": "text", "text": "It is booked."}]}
    run.messages = [asked, before, {"role": "user", "parts": [{"type": "text", "text": "And now?"}]}, call]
    run.save()
    assert "chat | → rates" in outline(squeezed(editor.get(address(trip))))


def test_the_step_of_the_address_is_the_current_one(editor: Client, trip: Trace) -> None:
    step = trip.runs.get(type="tool")
    page = squeezed(editor.get(address(trip), {"step": str(step.uuid)}))
    assert re.findall(r'data-step-id="([^"]+)" aria-current="step"', page) == [str(step.uuid)]
    assert re.search(r'id="turn-1" data-run="[^"]+" data-at="true"', page)


def test_over_the_list_it_is_a_dialog_that_knows_the_way_back(editor: Client, trip: Trace) -> None:
    headers = {"hx-request": "true", "hx-current-url": "http://testserver/w/acme/traces/?filter=tag+is+a"}
    page = squeezed(editor.get(address(trip), headers=headers))
    assert page.startswith('<dialog class="sheet" id="trace" data-modal data-back="/w/acme/traces/?filter=tag+is+a"')
    assert "<html" not in page


def test_a_step_opens_with_all_that_it_carries(editor: Client, trip: Trace) -> None:
    tool = trip.runs.get(type="tool")
    Run.objects.filter(pk=tool.pk).update(attributes={"retries": 3}, error_stack="line 1")
    page = squeezed(editor.get(address(trip, f"steps/{tool.uuid}/")))
    for words in ("TimeoutError", "line 1", "&quot;retries&quot;: 3", "30.0 s", tool.external_id):
        assert words in page


def test_a_long_text_is_cut_and_shown_whole_when_asked(editor: Client, trip: Trace) -> None:
    words = "long " * 10_000
    run = RunFactory.create(trace=trip, type="llm", input_text=words, started_at=STARTED_AT + timedelta(seconds=9))
    page = editor.get(address(trip)).content.decode()
    assert words not in page
    more = re.search(r'hx-get="([^"]+)"[^>]*>Show all 48.8\xa0KB<', page)
    assert more is not None
    assert more[1] == address(trip, f"text/?at={run.uuid}:input_text")
    assert words.strip() in editor.get(more[1], headers={"hx-request": "true"}).content.decode()
    plain = editor.get(more[1])
    assert (plain["Content-Type"], plain.content.decode()) == ("text/plain; charset=utf-8", words)
    assert editor.get(address(trip, f"text/?at={run.uuid}:attributes.x")).status_code == 404


def test_raw_shows_texts_as_they_came(editor: Client, people: People) -> None:
    trace = TraceFactory.create(project=people.project, input="**bold**")
    RunFactory.create(trace=trace, type="agent")
    assert "<strong>bold</strong>" in squeezed(editor.get(address(trace)))
    assert '<pre class="plain" dir="auto">**bold**</pre>' in squeezed(editor.get(address(trace), {"raw": "1"}))


@pytest.mark.parametrize("raw", ["", "?raw=1"])
def test_hostile_content_is_inert(editor: Client, hostile: Trace, raw: str) -> None:
    steps = [editor.get(address(hostile, f"steps/{run.uuid}/")) for run in hostile.runs.all()]
    for answer in [editor.get(address(hostile) + raw), *steps]:
        page = squeezed(answer)
        assert "<script>alert" not in page
        assert "<img" not in page
        assert 'href="javascript' not in page
        assert not re.search(r'src="(?!/static/)', page)


def test_next_and_previous_stay_within_the_filter(people: People, editor: Client) -> None:
    first, _, last = (
        TraceFactory.create(project=people.project, tags=tags, started_at=STARTED_AT + timedelta(minutes=number))
        for number, tags in enumerate((["a"], ["b"], ["a"]))
    )
    page = squeezed(editor.get(address(first), {"filter": "tag is a"}))
    newer = re.search(r'rel="prev" href="([^"]+)"', page)
    assert newer is not None
    assert newer[1] == f"{address(last)}?filter=tag+is+a"
    assert 'rel="next"' not in page


def test_thumbs_change_ones_mind_and_decide_the_verdict(people: People, editor: Client, trip: Trace) -> None:
    editor.post(address(trip, "feedback/"), {"thumb": "up"})
    part = editor.post(address(trip, "feedback/"), {"thumb": "down"}, headers={"hx-request": "true"})
    assert squeezed(part).startswith('<section class="stack" id="feedback"')
    assert "decided" in squeezed(part)
    given = Feedback.objects.get()
    assert (given.score, given.source, given.author) == (0.0, "reviewer", people.editor)
    trip.refresh_from_db()
    assert (trip.verdict, trip.verdict_source) == ("bad", "reviewer")
    editor.post(address(trip, f"feedback/{given.uuid}/delete/"))
    trip.refresh_from_db()
    assert trip.verdict is None


def test_a_label_is_coined_and_found_by_the_filter(editor: Client, trip: Trace) -> None:
    editor.post(address(trip, "feedback/"), {"label": "wrong  policy", "comment": "see the rates"})
    said = {one.key: one for one in Feedback.objects.all()}
    assert (said["label"].value, said["note"].comment) == ("wrong policy", "see the rates")
    assert said["label"].failure_mode is not None
    assert "Move my booking." in squeezed(editor.get("/w/acme/traces/", {"filter": 'label is "Wrong policy"'}))


def test_feedback_that_says_nothing_is_refused_in_words(editor: Client, trip: Trace) -> None:
    answer = editor.post(address(trip, "feedback/"), {"comment": " "})
    assert answer.status_code == 422
    assert "Give a thumb, a label or a comment." in squeezed(answer)


def test_a_thread_stands_in_order_and_opens_its_traces(people: People, editor: Client, trip: Trace) -> None:
    TraceFactory.create(
        project=people.project, thread_id="conv/1", input="Hello?", started_at=STARTED_AT - timedelta(minutes=5)
    )
    TraceFactory.create(project=people.other_project, thread_id="conv/1", input="theirs")
    page = squeezed(editor.get("/w/acme/threads/conv/1/"))
    assert page.index("Hello?") < page.index("Move my booking.")
    assert "theirs" not in page
    assert address(trip) in page
    assert editor.get("/w/acme/threads/nothing/").status_code == 404


def test_thousands_of_steps_are_read_a_window_at_a_time(
    people: People, editor: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    trace = TraceFactory.create(project=people.project, input="Go", output="Done", run_count=2000)
    rows = [
        RunFactory.build(
            trace=trace,
            workspace=trace.workspace,
            type="tool",
            name=f"tool {number}",
            started_at=STARTED_AT,
            start_nano=number,
            tool={"name": f"tool {number}", "arguments": {}, "result": "ok"},
        )
        for number in range(2000)
    ]
    Run.objects.bulk_create(rows)
    with django_assert_max_num_queries(18):
        page = squeezed(editor.get(address(trace)))
    assert len(re.findall("data-step-id", page)) == 240
    assert len(turns(page)) == 121
    assert walked(editor, page) == [str(row.uuid) for row in rows]
    later = squeezed(editor.get(address(trace), {"step": str(rows[1500].uuid)}))
    assert f'data-run="{rows[1500].uuid}" data-at="true"' in later
    above = re.search(r'data-outline-more hx-get="([^"]+)"', later)
    assert above is not None
    assert steps_in(editor.get(html.unescape(above[1]))) == [str(row.uuid) for row in rows[1200:1440]]


def steps_in(answer: HttpResponseBase | str) -> list[str]:
    return re.findall('data-step-id="([^"]+)"', answer if isinstance(answer, str) else squeezed(answer))


def walked(editor: Client, page: str) -> list[str]:
    """The steps of the outline, as somebody who scrolls to its end has loaded them."""
    found = steps_in(page)
    while more := re.search(r'<li class="more" hx-get="([^"]+outline_after[^"]+)"', page):
        page = squeezed(editor.get(html.unescape(more[1])))
        found += steps_in(page)
    return found


@pytest.mark.parametrize("rows", [1, 3])
def test_a_trace_takes_the_same_queries_however_many_steps(
    people: People, editor: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    trace = TraceFactory.create(project=people.project)
    for _ in range(rows):
        RunFactory.create(trace=trace, type="llm", input_text="a", output_text="b")
    with django_assert_num_queries(18):
        editor.get(address(trace))


def test_an_image_of_the_trace_is_shown_from_here_and_one_elsewhere_is_not(people: People, editor: Client) -> None:
    png = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(40)).decode()
    svg = base64.b64encode(b"<svg onload=alert(1)>" + bytes(40)).decode()
    trace = TraceFactory.create(project=people.project)
    images = [{"data": png}, {"url": "https://evil.example/x.png"}, {"data": svg, "mime_type": "image/png"}]
    message = {"role": "user", "parts": [{"type": "image", **image} for image in images]}
    run = RunFactory.create(trace=trace, type="llm", messages=[message])
    page = squeezed(editor.get(address(trace)))
    shown = re.findall(r'<img src="([^"]+)"', page)
    assert shown == [address(trace, f"image/?at={run.uuid}:messages.0.0")]
    assert page.count("image that lies elsewhere, not loaded") == 2
    answer = editor.get(shown[0])
    assert (answer["Content-Type"], answer.content) == ("image/png", base64.b64decode(png))
    for other in (f"{run.uuid}:messages.0.1", f"{run.uuid}:messages.0.2", f"{run.uuid}:messages.9.0", "x:y", ""):
        assert editor.get(address(trace, f"image/?at={other}")).status_code == 404


def test_the_page_says_in_which_queues_a_trace_is(people: People, editor: Client) -> None:
    trace = TraceFactory.create(project=people.project)
    item = ItemFactory.create(queue=QueueFactory.create(workspace=people.workspace, name="Refunds"), trace=trace)
    page = squeezed(editor.get(address(trace)))
    assert re.search(rf'<a class="link" href="/w/acme/queues/{item.queue.uuid}/" ?>Refunds</a>', page)
    assert f"item {item.number}" in page
    assert "<dt>Queues</dt>" not in squeezed(editor.get(address(TraceFactory.create(project=people.project))))
    reviewer = squeezed(people.client(people.reviewer).get(address(trace)))
    assert "Facts" in reviewer
    assert "<dt>Queues</dt>" not in reviewer
