"""Taking items, the page of one, and what stands there instead when it cannot be had."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from annotation.domain.queues import items, subjects
from annotation.domain.queues.reasons import Origin, Reason
from annotation.domain.reviews import drafts
from annotation.domain.reviews.content import ReviewInput
from annotation.models import FailureMode, Item, Queue, Reservation, Run, Trace
from tests.factories.feedback import FeedbackFactory
from tests.factories.traces import RunFactory, TraceFactory
from tests.fixtures.people import People
from tests.web.queues.test_lists import words
from tests.web.review.conftest import ANSWER, Line, run_of
from tests.web.traces.conftest import squeezed

pytestmark = pytest.mark.django_db
MakeLine = Callable[..., Line]


def test_takes_the_next_item_and_goes_there(people: People, make_line: MakeLine) -> None:
    line = make_line(2)

    answer = people.client(people.reviewer).get(line.start)

    assert (answer.status_code, answer["Location"]) == (302, line.page(1))
    assert list(Reservation.objects.values_list("item__number", "reviewer")) == [(1, people.reviewer.pk)]


def test_shows_the_item_and_how_far_the_queue_is(people: People, make_line: MakeLine, modes: list[FailureMode]) -> None:
    line = make_line(2)

    page = squeezed(people.client(people.reviewer).get(line.page(1)))

    assert "Can I cancel booking TX-1?" in page
    assert "item 1" in page
    assert "0 of 2" in page
    assert "· yours 0" in page
    assert ANSWER in page
    assert 'value="Wrong policy"' in page


def marked_step(page: str) -> list[tuple[str, ...]]:
    """The steps that a page is opened at, in its outline and its conversation, and the one that it says it is there for."""
    patterns = (
        r'data-step-id="([^"]+)" aria-current="step"',
        r'data-run="([^"]+)"\s+data-at="true"',
        r'data-to-step="([^"]+)"\s*>([^<]+)<',
    )
    return [found for pattern in patterns for found in re.findall(pattern, " ".join(page.split()))]


def test_an_item_opens_at_the_step_that_it_is_there_for(people: People, make_line: MakeLine) -> None:
    line = make_line(3, blindness={"judges": False})
    run = run_of(line.items[0], "get_rate_rules")
    Item.objects.filter(number=1).update(kind="run", run_uuid=run.uuid)
    cause = run_of(line.items[1], "get_rate_rules")
    rule = Reason(origin=Origin.RULE, rule="Timeouts", filter="run(status: error)", run=cause.uuid)
    Item.objects.filter(number=2).update(reason=rule.document())
    client = people.client(people.reviewer)
    for number, step in ((1, run), (2, cause)):
        page = client.get(line.page(number)).content.decode()
        told = (str(step.uuid), "Step 2 · get_rate_rules · ADVANCE_SAVER")
        assert marked_step(page) == [str(step.uuid), str(step.uuid), told]
    assert marked_step(client.get(line.page(3)).content.decode()) == []
    Queue.objects.update(blindness={"judges": True})
    assert marked_step(client.get(line.page(2)).content.decode()) == [], "a rule that may look at hidden feedback"


def test_the_draft_is_back_with_a_line_that_says_so(people: People, make_line: MakeLine) -> None:
    line = make_line(1)
    typed = ReviewInput(
        answers={"thumbs": "down"}, note="half a thought", labels=("Brand new",), correction="No refund."
    )
    drafts.save(item=line.items[0], by=people.reviewer, content=typed, now=timezone.now() - timedelta(minutes=3))

    page = squeezed(people.client(people.reviewer).get(line.page(1)))

    assert "half a thought" in page
    assert 'value="Brand new" data-option checked' in page
    assert 'value="down" data-option data-hotkey="b" data-hotkey-label="Bad" checked' in page
    assert "<ins>No refund.</ins>" in page or "No refund." in page
    assert "Your draft from" in page
    assert "3 min ago" in page


def test_asks_the_same_number_of_questions_for_one_and_three(
    people: People, make_line: MakeLine, django_assert_max_num_queries: Callable[..., object]
) -> None:
    line = make_line(3)
    FailureMode.objects.create(project=people.project, name="First")
    client = people.client(people.reviewer)
    client.get(line.page(1))
    counts = []
    for extra in ("", "Second", "Third"):
        if extra:
            FailureMode.objects.create(project=people.project, name=extra)
        with django_assert_max_num_queries(45) as counted:  # type: ignore[attr-defined]
            client.get(line.page(1))
        counts.append(len(counted))

    assert len(set(counts)) == 1


def test_a_trace_of_thousands_of_steps_and_an_answer_of_megabytes_make_a_small_page(
    people: People, make_line: MakeLine
) -> None:
    line = make_line(1, answer="Long **words** " * 400_000)
    trace = Trace.objects.get()
    rows = [RunFactory.build(trace=trace, workspace=trace.workspace, type="tool", name=f"tool {number}",
                             started_at=trace.started_at, start_nano=number + 10**19 // 2) for number in range(2000)]  # fmt: skip
    Run.objects.bulk_create(rows)
    client = people.client(people.reviewer)

    answer = client.get(line.page(1))
    page = squeezed(answer)

    assert len(answer.content) < 400_000
    assert page.count("data-step-id") == 240
    assert page.count("<option") < 300
    assert "Load all 5.7 MB to correct it" in page
    more = client.get(line.page(1), {"trace": str(trace.uuid), "outline_after": "240"})
    assert squeezed(more).count("data-step-id") == 240
    assert Reservation.objects.count() == 1
    whole = client.post(line.page(1, "original"), {**line.form(1), "whole": "1"}, headers={"hx-request": "true"})
    assert whole.content.decode().count("Long **words** ") > 399_000


def test_the_outline_of_another_trace_is_not_given(people: People, make_line: MakeLine) -> None:
    line = make_line(2)
    client = people.client(people.reviewer)
    other = {"trace": str(line.items[1].trace_uuid), "outline_after": "0"}
    assert client.get(line.page(1), other).status_code == 404


def test_a_thread_shows_all_its_turns(people: People, make_line: MakeLine) -> None:
    line = make_line(8)
    Trace.objects.filter(workspace=people.workspace).update(thread_id="t-1")
    Item.objects.filter(queue=line.queue).exclude(number=1).delete()
    Item.objects.filter(queue=line.queue).update(
        kind="thread", subject=f"thread:{people.project.pk}:t-1", thread_id="t-1", trace_uuid=None
    )

    page = people.client(people.reviewer).get(line.page(1)).content.decode()

    assert all(f"Can I cancel booking TX-{number}?" in page for number in range(1, 9))
    assert "3 earlier turns of this conversation" in page
    assert page.count('class="trace-title') == 5


def test_earlier_turns_of_the_thread_stand_folded_above(people: People, make_line: MakeLine) -> None:
    line = make_line(3)
    Trace.objects.filter(workspace=people.workspace).update(thread_id="t-1")

    page = people.client(people.reviewer).get(line.page(3)).content.decode()

    assert "2 earlier turns of this conversation" in page
    assert page.index("booking TX-1?") < page.index("booking TX-2?") < page.index("booking TX-3?")


def test_says_that_the_trace_is_not_there(people: People, make_line: MakeLine) -> None:
    line = make_line(1)
    Trace.objects.all().delete()

    page = people.client(people.reviewer).get(line.page(1)).content.decode()

    assert "The trace is not here" in page


def test_history_that_the_model_was_given_is_folded_and_told_once(people: People, make_line: MakeLine) -> None:
    line = make_line(2)
    Trace.objects.filter(workspace=people.workspace).update(thread_id="t-1")
    call = run_of(line.items[1], "final_answer")
    before = [
        {"role": role, "parts": [{"type": "text", "text": text}], "direction": "input"}
        for role, text in (("user", "Can I cancel booking TX-1?"), ("assistant", "It was too late for that."))
    ]
    Run.objects.filter(pk=call.pk).update(messages=[*before, *call.messages])

    page = people.client(people.reviewer).get(line.page(2)).content.decode()

    assert "2 earlier messages of the conversation, as the model was given them" in " ".join(page.split())
    assert "earlier turn of this conversation" not in page
    assert page.count("It was too late for that.") == 1


def test_words_on_a_thread_are_not_missing_where_the_thread_is_reviewed(people: People, make_line: MakeLine) -> None:
    line = make_line(2)
    Trace.objects.update(thread_id="trip")
    elsewhere = TraceFactory(project__workspace=people.workspace, thread_id="trip")
    wanted = [subjects.of_thread(people.project.pk, "trip")]
    (item,) = items.add(queue=line.queue, subjects=wanted, reason=Reason()).added
    given = {"target": "thread", "trace_uuid": None, "thread_id": "trip", "key": "csat", "source": "user"}
    for project, score, comment in (
        (people.project, 0.25, "Took me three calls"), (elsewhere.project, 0.5, "Of another project"),
    ):  # fmt: skip
        FeedbackFactory(workspace=people.workspace, project=project, score=score, comment=comment, **given)
    page = words(people.client(people.reviewer).get(line.page(item.number)).content)
    assert "Took me three calls" in page
    assert "0.25" in page
    assert "Of another project" not in page
    Queue.objects.update(blindness={"user_thumbs": True})
    assert "Took me three calls" not in words(people.client(people.reviewer).get(line.page(item.number)).content)


def test_a_trace_without_words_of_its_own_is_not_shown_empty(people: People, make_line: MakeLine) -> None:
    line = make_line(1)
    Trace.objects.update(input=None, output=None)
    Run.objects.filter(type="agent").update(input_text=None, output_text=None)
    page = words(people.client(people.reviewer).get(line.page(1)).content)
    assert "Can I cancel booking TX-1?" in page
    assert ANSWER in page
