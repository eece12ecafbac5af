"""Submitting: one unit, once per person, with its feedback, whatever happened in between."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from annotation.domain.queues import assignment, items, refusals, rubric_versions, subjects
from annotation.domain.queues.reasons import Reason
from annotation.domain.queues.rubric import Option, Question, QuestionKind, Rubric
from annotation.domain.reviews import drafts
from annotation.domain.reviews.content import ReviewInput
from annotation.domain.reviews.rubric import InvalidReviewError
from annotation.models import Draft, FailureMode, Feedback, Item, Queue, Reservation, Review, Skip, Trace
from tests.domain.reviews.conftest import BAD, NOON, Bench
from tests.factories.traces import RunFactory, TraceFactory

LATER = NOON + timedelta(minutes=16)


def said(review: Review) -> list[tuple[Any, ...]]:
    rows = Feedback.objects.filter(review=review).order_by("key", "id")
    return [(row.key, row.target, row.score, row.value, row.comment, row.correction) for row in rows]


@pytest.mark.django_db
def test_a_review_is_stored_whole_with_its_feedback(bench: Bench) -> None:
    bench.claim(bench.one)
    drafts.save(item=bench.item, by=bench.one, content=ReviewInput(note="typing"), now=NOON)
    review = bench.submit(
        bench.one,
        **BAD,
        labels=["Wrong policy", "Ignored tool error"],
        layer="harness",
        first_failing_run_uuid=bench.tool.uuid,
        correction="No refund on saver rates.",
        note=" See the policy. ",
        active_ms=4200,
    )
    assert said(review) == [
        ("correction", "trace", None, None, None, "No refund on saver rates."),
        ("first_failing_step", "run", None, None, None, None),
        ("label", "trace", None, "Wrong policy", None, None),
        ("label", "trace", None, "Ignored tool error", None, None),
        ("layer", "trace", None, "harness", None, None),
        ("note", "trace", None, None, "See the policy.", None),
        ("thumbs", "trace", 0.0, None, None, None),
    ]
    step = Feedback.objects.get(key="first_failing_step")
    assert (step.run_uuid, step.run_external_id, step.trace_uuid) == (
        bench.tool.uuid,
        "00000000000000aa",
        bench.trace.uuid,
    )
    assert set(Feedback.objects.values_list("source", "author", "project")) == {
        ("reviewer", bench.one.pk, bench.trace.project_id)
    }
    item, trace = Item.objects.get(), Trace.objects.get()
    assert (item.state, item.review_count) == ("done", 1)
    assert (trace.verdict, trace.verdict_source, trace.settled_at) == ("bad", "reviewer", None)
    assert (review.correction_state, review.active_ms, review.submission_count) == ("proposed", 4200, 1)
    assert (Reservation.objects.count(), Draft.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_the_same_content_twice_is_once(bench: Bench) -> None:
    first = bench.submit(bench.one, **BAD, labels=["Tone"])
    ids = list(Feedback.objects.values_list("id", flat=True))
    again = bench.submit(bench.one, now=LATER, **BAD, labels=["tone"])
    assert (again.pk, again.submission_count, again.modified_at) == (first.pk, 1, NOON)
    assert list(Feedback.objects.values_list("id", flat=True)) == ids


@pytest.mark.django_db
def test_an_edit_replaces_what_the_review_said_and_only_that(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(reviewers_per_item=2)
    mine = bench.submit(bench.one, **BAD, labels=["Tone"])
    theirs = bench.submit(bench.other, **BAD)
    edited = bench.submit(bench.one, now=LATER, answers={"thumbs": "up"}, active_ms=10)
    assert (edited.pk, edited.submission_count, edited.modified_at, edited.submitted_at) == (mine.pk, 2, LATER, NOON)
    assert said(edited) == [("thumbs", "trace", 1.0, None, None, None)]
    assert said(theirs) == [("thumbs", "trace", 0.0, None, None, None)]
    assert (Item.objects.get().review_count, Trace.objects.get().verdict) == (2, "unsure")


@pytest.mark.django_db
def test_all_kinds_of_answers_become_feedback(bench: Bench) -> None:
    options = (Option(key="kind", label="Kind"), Option(key="rude", label="Rude"))
    asked = Rubric(
        questions=(
            Question(key="tone", kind=QuestionKind.CHOICE, label="Tone", options=options),
            Question(key="tones", kind=QuestionKind.MULTI_CHOICE, label="Tones", options=options),
            Question(key="stars", kind=QuestionKind.NUMBER, label="Stars"),
            Question(key="why", kind=QuestionKind.TEXT, label="Why"),
        )
    )
    rubric_versions.publish(queue=bench.queue, asked=asked, by=None)
    review = bench.submit(bench.one, answers={"tone": "rude", "tones": ["rude"], "stars": "4", "why": "late"})
    assert said(review) == [
        ("stars", "trace", 4.0, None, None, None),
        ("tone", "trace", None, "rude", None, None),
        ("tones", "trace", None, ["rude"], None, None),
        ("why", "trace", None, "late", None, None),
    ]


@pytest.mark.django_db
def test_a_rubric_changed_meanwhile_costs_nobody_their_work(bench: Bench) -> None:
    question = Question(key="why", kind=QuestionKind.TEXT, label="Why", is_required=True)
    rubric_versions.publish(queue=bench.queue, asked=Rubric(questions=(question,)), by=None)
    review = bench.submit(bench.one, **BAD, rubric_version=1)
    assert (review.rubric.number, review.answers) == (1, {"thumbs": "down"})
    with pytest.raises(InvalidReviewError) as refused:
        bench.submit(bench.one, **BAD)
    assert refused.value.by_key == {
        "thumbs": "The rubric has no question “thumbs”.",
        "why": "“Why” needs an answer.",
    }


@pytest.mark.django_db
def test_nothing_is_stored_of_an_invalid_review_but_its_draft(bench: Bench) -> None:
    stranger = RunFactory(trace__project=bench.trace.project)
    with pytest.raises(InvalidReviewError, match="does not belong to the item"):
        bench.submit(bench.one, **BAD, first_failing_run_uuid=stranger.uuid, labels=["New"])
    assert (Review.objects.count(), Feedback.objects.count(), FailureMode.objects.count()) == (0, 0, 0)
    kept = drafts.load(item=bench.item, by=bench.one)
    assert kept is not None
    assert kept.content.first_failing_run_uuid == stranger.uuid


@pytest.mark.django_db
def test_late_submissions_fit_in_while_a_seat_is_free(bench: Bench) -> None:
    bench.claim(bench.one)
    review = bench.submit(bench.one, now=NOON + timedelta(days=2), **BAD)
    assert review.reviewer == bench.one


@pytest.mark.django_db
def test_a_late_submission_without_a_seat_keeps_the_draft(bench: Bench) -> None:
    bench.claim(bench.one)
    bench.claim(bench.other, now=LATER)
    with pytest.raises(refusals.ItemTakenError):
        bench.submit(bench.one, now=LATER, **BAD, note="mine")
    bench.submit(bench.other, now=LATER, **BAD)
    with pytest.raises(refusals.ItemNotOpenError, match="has all the reviews it needs"):
        bench.submit(bench.one, now=LATER, **BAD, note="mine")
    kept = drafts.load(item=bench.item, by=bench.one)
    assert kept is not None
    assert kept.content.note == "mine"
    assert Review.objects.get().reviewer == bench.other


@pytest.mark.django_db
def test_what_takes_no_review_says_so_and_a_paused_queue_takes_it(bench: Bench) -> None:
    bench.claim(bench.one)
    Queue.objects.update(status="completed")
    with pytest.raises(refusals.QueueNotActiveError):
        bench.submit(bench.one, **BAD)
    Queue.objects.update(status="paused")
    bench.submit(bench.one, **BAD)
    items.remove(item=bench.item, by=bench.editor)
    with pytest.raises(refusals.ItemNotOpenError, match="was removed"):
        bench.submit(bench.one, answers={"thumbs": "up"})
    Queue.objects.update(is_open_to_all=False)
    with pytest.raises(refusals.NotAReviewerError):
        bench.submit(bench.one, answers={"thumbs": "up"})


@pytest.mark.django_db
def test_a_submitted_skip_is_forgotten(bench: Bench) -> None:
    assignment.skip(item=bench.item, by=bench.one, now=NOON)
    bench.submit(bench.one, **BAD)
    assert Skip.objects.count() == 0


@pytest.mark.django_db
def test_a_correction_that_changes_nothing_is_none(bench: Bench) -> None:
    review = bench.submit(bench.one, **BAD, correction=" Yes, all of it. ")
    assert (review.correction, review.correction_state) == (None, "none")
    of_run = bench.submit(bench.one, **BAD, correction={"text": "Yes"}, corrected_run_uuid=bench.answer.uuid)
    assert (of_run.correction, of_run.corrected_run_uuid) == (None, None)


@pytest.mark.django_db
def test_labels_are_coined_once_per_project_whatever_their_capitals(bench: Bench) -> None:
    known = FailureMode.objects.create(project=bench.trace.project, name="Wrong policy")
    review = bench.submit(bench.one, **BAD, labels=["wrong POLICY", "Brand new"])
    coined = FailureMode.objects.exclude(pk=known.pk).get()
    assert (coined.name, coined.created_by, coined.project) == ("Brand new", bench.one, bench.trace.project)
    assert review.labels == [
        {"failure_mode": str(known.uuid), "name": "Wrong policy"},
        {"failure_mode": str(coined.uuid), "name": "Brand new"},
    ]
    assert set(Feedback.objects.filter(key="label").values_list("failure_mode", "value")) == {
        (known.pk, "Wrong policy"),
        (coined.pk, "Brand new"),
    }


@pytest.mark.django_db
def test_reviews_of_runs_and_threads_hang_on_them(bench: Bench) -> None:
    thread = TraceFactory(project=bench.trace.project, thread_id="t:1", output="Bye")
    wanted = [
        subjects.of_run(bench.trace.uuid, bench.answer.uuid),
        subjects.of_thread(bench.trace.project.pk, "t:1"),
    ]
    run, conversation = items.add(queue=bench.queue, subjects=wanted, reason=Reason()).added
    for item in (run, conversation):
        Bench(
            bench.queue, bench.dataset, thread, bench.tool, bench.answer, item, bench.one, bench.other, bench.editor
        ).submit(bench.one, **BAD)
    targets = Feedback.objects.order_by("id").values_list("target", "run_uuid", "trace_uuid", "thread_id", "project")
    assert list(targets) == [
        ("run", bench.answer.uuid, bench.trace.uuid, None, bench.trace.project.pk),
        ("thread", None, None, "t:1", bench.trace.project.pk),
    ]


@pytest.mark.django_db(transaction=True)
def test_clicks_and_people_at_once_make_no_doubles(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(reviewers_per_item=2)
    problems: list[BaseException] = []

    def click(person: Any) -> None:
        try:
            bench.submit(person, **BAD, labels=["Coined at once", "And this"])
        except BaseException as problem:  # noqa: BLE001 -- told to the test
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=click, args=(person,)) for person in [bench.one, bench.other] * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert sorted(Review.objects.values_list("reviewer", "submission_count")) == sorted(
        [(bench.one.pk, 1), (bench.other.pk, 1)]
    )
    assert Feedback.objects.count() == 6
    assert FailureMode.objects.count() == 2
    assert (Item.objects.get().review_count, Item.objects.get().state) == (2, "done")
