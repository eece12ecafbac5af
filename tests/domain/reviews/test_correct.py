"""Corrections: accepted into the dataset, rejected, reopened by an edit."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from annotation.domain.datasets.problems import ArchivedDatasetError, InvalidRowError
from annotation.domain.queues import items, subjects
from annotation.domain.queues.reasons import Reason
from annotation.domain.reviews import correct, submit, undo
from annotation.domain.reviews.content import ReviewInput
from annotation.models import AuditEvent, Dataset, Example, Feedback, Review
from tests.domain.reviews.conftest import BAD, NOON, Bench
from tests.factories.traces import RunFactory, TraceFactory

LATER = NOON + timedelta(hours=1)
FIXED = "No refund on saver rates."
CLOSED = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}

pytestmark = pytest.mark.django_db


def rows() -> list[tuple[object, ...]]:
    return list(Example.objects.filter(valid_to=None).values_list("inputs", "outputs", "source_trace_uuid"))


def test_an_accepted_correction_settles_the_item_and_becomes_a_row(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(reviewers_per_item=2)
    good = bench.submit(bench.other, answers={"thumbs": "up"})
    review = bench.submit(bench.one, **BAD, correction=FIXED)
    accepted = correct.accept(review=review, by=bench.editor, now=LATER, note="As the policy says.", seen=1)
    assert (accepted.correction_state, accepted.decided_by, accepted.decided_at) == ("accepted", bench.editor, LATER)
    assert (accepted.is_authoritative, accepted.decision_note) == (True, "As the policy says.")
    assert rows() == [({"input": "Can I get a refund?"}, {"output": FIXED}, bench.trace.uuid)]
    assert set(Feedback.objects.values_list("review", "is_adjudicated")) == {(review.pk, True), (good.pk, False)}
    bench.trace.refresh_from_db()
    assert (bench.trace.verdict, bench.trace.verdict_source) == ("bad", "adjudicated")
    event = AuditEvent.objects.get(action="correction.accepted")
    assert (event.actor, event.detail["item"], event.detail["dataset"]) == (bench.editor.email, 1, "Refunds")


def test_accepting_twice_is_once(bench: Bench) -> None:
    review = bench.submit(bench.one, **BAD, correction=FIXED)
    for minute in range(2):
        correct.accept(review=review, by=bench.editor, now=LATER + timedelta(minutes=minute))
    assert (Example.objects.count(), AuditEvent.objects.filter(action="correction.accepted").count()) == (1, 1)
    assert Review.objects.get().decided_at == LATER


def test_an_archived_dataset_takes_no_row_and_the_correction_goes_on_waiting(bench: Bench) -> None:
    review = bench.submit(bench.one, **BAD, correction=FIXED)
    Dataset.objects.update(archived_at=NOON)
    with pytest.raises(ArchivedDatasetError, match="restore it"):
        correct.accept(review=review, by=bench.editor, now=LATER)
    assert (Review.objects.get().correction_state, rows()) == ("proposed", [])


def test_the_corrected_run_gives_the_inputs(bench: Bench) -> None:
    review = bench.submit(bench.one, **BAD, correction={"text": "No"}, corrected_run_uuid=bench.answer.uuid)
    correct.accept(review=review, by=bench.editor, now=LATER)
    assert rows() == [({"messages": ["hi"]}, {"text": "No"}, bench.trace.uuid)]
    assert Example.objects.get().source_run_uuid == bench.answer.uuid


def test_a_correction_in_a_thread_knows_its_trace(bench: Bench) -> None:
    first, last = (
        TraceFactory(project=bench.trace.project, thread_id="t:1", input=text, output=text, started_at=NOON + minutes)
        for text, minutes in (("Hi", timedelta(0)), ("Bye", timedelta(minutes=1)))
    )
    step = RunFactory(trace=first, type="llm", inputs={"messages": ["hi"]}, outputs={"text": "Hi"})
    of_thread = subjects.of_thread(bench.trace.project.pk, "t:1")
    (item,) = items.add(queue=bench.queue, subjects=[of_thread], reason=Reason()).added
    for correction, run, trace in (("Good-bye.", None, last), ("Hello", step.uuid, first)):
        given = ReviewInput(answers={"thumbs": "down"}, correction=correction, corrected_run_uuid=run)
        review = submit.submit(item=item, by=bench.one, answers=given, now=LATER)
        correct.accept(review=review, by=bench.editor, now=LATER)
        row = Example.objects.get(valid_to=None)
        assert (row.source_trace_uuid, row.provenance["trace_id"]) == (trace.uuid, str(trace.uuid))


def test_nobody_decides_on_a_review_that_was_taken_back(bench: Bench) -> None:
    review = bench.submit(bench.one, **BAD, correction=FIXED)
    undo.undo(review=Review.objects.get(), by=bench.one, now=LATER)
    for decide in (correct.accept, correct.reject):
        with pytest.raises(correct.TakenBackError, match="has been taken back"):
            decide(review=review, by=bench.editor, now=LATER)
    with pytest.raises(undo.UndoRefusedError, match="taken back already"):
        undo.undo(review=review, by=bench.one, now=LATER)
    assert not Example.objects.exists()


def test_a_queue_that_accepts_at_once(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(accepts_at_once=True)
    review = bench.submit(bench.one, **BAD, correction=FIXED)
    assert (review.correction_state, review.decided_by, review.is_authoritative) == ("accepted", bench.one, True)
    assert rows() == [({"input": "Can I get a refund?"}, {"output": FIXED}, bench.trace.uuid)]
    edited = bench.submit(bench.one, now=LATER, **BAD, correction="Half of it.")
    assert (edited.correction_state, edited.decided_at) == ("accepted", LATER)
    assert rows() == [({"input": "Can I get a refund?"}, {"output": "Half of it."}, bench.trace.uuid)]


def test_a_row_that_the_dataset_does_not_take_waits_for_an_editor(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(accepts_at_once=True)
    Dataset.objects.update(schema={"outputs": CLOSED})
    review = bench.submit(bench.one, **BAD, correction=FIXED)
    review.refresh_from_db()
    assert (review.correction_state, review.is_authoritative, rows()) == ("proposed", False, [])
    with pytest.raises(InvalidRowError):
        correct.accept(review=review, by=bench.editor, now=LATER)
    review.refresh_from_db()
    assert review.correction_state == "proposed"


def test_an_edit_after_acceptance_reopens_it(bench: Bench) -> None:
    review = bench.submit(bench.one, **BAD, correction=FIXED)
    correct.accept(review=review, by=bench.editor, now=LATER)
    edited = bench.submit(bench.one, now=LATER, **BAD, correction="Half of it.")
    assert (edited.correction_state, edited.is_authoritative, edited.decided_by) == ("proposed", False, None)
    assert set(Feedback.objects.values_list("is_adjudicated", flat=True)) == {False}
    assert rows()[0][1] == {"output": FIXED}
    correct.accept(review=edited, by=bench.editor, now=LATER)
    assert rows()[0][1] == {"output": "Half of it."}
    assert Example.objects.filter(valid_to=None).count() == 1


def test_nobody_accepts_what_they_have_not_seen(bench: Bench) -> None:
    review = bench.submit(bench.one, **BAD, correction=FIXED)
    bench.submit(bench.one, now=LATER, **BAD, correction="Something else.")
    for decide in (correct.accept, correct.reject):
        with pytest.raises(correct.ChangedMeanwhileError, match="read it again"):
            decide(review=review, by=bench.editor, now=LATER, seen=1)
    assert rows() == []


def test_a_rejected_correction_leaves_the_rest_standing(bench: Bench) -> None:
    review = bench.submit(bench.one, **BAD, correction=FIXED)
    rejected = correct.reject(review=review, by=bench.editor, now=LATER, note="Too short.")
    assert (rejected.correction_state, rejected.decision_note, rejected.is_authoritative) == (
        "rejected",
        "Too short.",
        False,
    )
    assert (rows(), Feedback.objects.count()) == ([], 2)
    correct.accept(review=review, by=bench.editor, now=LATER)
    with pytest.raises(correct.AlreadyAcceptedError):
        correct.reject(review=review, by=bench.editor, now=LATER)


def test_without_a_correction_there_is_nothing_to_decide(bench: Bench) -> None:
    review = bench.submit(bench.one, **BAD)
    for decide in (correct.accept, correct.reject):
        with pytest.raises(correct.NothingProposedError):
            decide(review=review, by=bench.editor, now=LATER)


def test_without_a_dataset_the_review_is_still_authoritative(bench: Bench) -> None:
    bench.queue.target_dataset = None
    bench.queue.save()
    review = bench.submit(bench.one, **BAD, correction=FIXED)
    assert correct.accept(review=review, by=bench.editor, now=LATER).is_authoritative
    assert rows() == []
