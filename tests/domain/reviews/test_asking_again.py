"""A rubric that grew: only what is affected is asked again, with what was answered filled in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.expressions import RawSQL
from django.test.utils import CaptureQueriesContext

from annotation.domain.queues import (
    affected,
    asking_again,
    assignment,
    counts,
    items,
    lifecycle,
    rubric_versions,
    subjects,
)
from annotation.domain.queues.conditions import Condition, Steps
from annotation.domain.queues.reasons import Reason
from annotation.domain.queues.refusals import NothingLeftError
from annotation.domain.queues.rubric import Option, Question, QuestionKind, Rubric
from annotation.domain.reviews import correct, opening, submit
from annotation.domain.reviews.content import ReviewInput
from annotation.domain.work import jobs
from annotation.models import AuditEvent, Feedback, Item, Job, Queue, Review, User
from annotation.tasks import KINDS
from tests.domain.reviews.conftest import BAD, NOON, Bench
from tests.factories import ReviewFactory, RunFactory, TraceFactory

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)
THUMBS = Question(key="thumbs", kind=QuestionKind.THUMBS, label="Was this good?", is_required=True)
TONE = Question(key="tone", kind=QuestionKind.SCALE, label="Tone", minimum=1, maximum=5, is_required=True)


def grow(bench: Bench, *added: Question, asks_again: bool = True) -> Queue:
    return lifecycle.edit(
        queue=bench.queue, settings=lifecycle.settings_of(bench.queue), rubric=Rubric(questions=(THUMBS, *added)),
        by=bench.editor, asks_again=asks_again,
    )  # fmt: skip


def left(queue: Queue, person: User) -> int:
    return counts.of_queue(queue, person=person).left


def test_the_reviewer_is_asked_the_new_question_only_and_the_rest_stands(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(reviewers_per_item=2)
    review = bench.submit(bench.one, **BAD, note="As before.", labels=["Tone"])
    bench.submit(bench.other, answers={"thumbs": "up"})
    queue = grow(bench, TONE)
    event = AuditEvent.objects.get(action="queue.changed")
    assert (event.detail["reviews asked for again"], left(queue, bench.one), left(queue, bench.editor)) == (2, 1, 0)

    claim = assignment.claim_next(queue=queue, by=bench.one, now=LATER)
    shown = opening.opened(claim, by=bench.one)
    assert (claim.item.pk, claim.expires_at) == (bench.item.pk, None)
    assert (shown.new, shown.version.number) == (frozenset({"tone"}), 2)
    assert (shown.content.answers, shown.content.note) == ({"thumbs": "down"}, "As before.")

    given = shown.content.model_copy(update={"answers": {"thumbs": "down", "tone": 2}, "rubric_version": 2})
    bench.submit(bench.one, now=LATER, **given.model_dump())
    review.refresh_from_db()
    assert (review.answers, review.rubric.number, review.is_asked_again) == ({"thumbs": "down", "tone": 2}, 2, False)
    assert set(Feedback.objects.filter(author=bench.one).values_list("key", flat=True)) == {
        "thumbs", "tone", "note", "label",
    }  # fmt: skip
    assert (Item.objects.get().state, Item.objects.get().review_count, left(queue, bench.one)) == ("done", 2, 0)
    with pytest.raises(NothingLeftError):
        assignment.claim_next(queue=queue, by=bench.one, now=LATER)
    assert assignment.claim_next(queue=queue, by=bench.other, now=LATER).item.pk == bench.item.pk


def test_a_choice_more_asks_its_question_again_and_a_choice_less_or_new_words_do_not(bench: Bench) -> None:
    def why(*choices: str, label: str = "Why?") -> Question:
        options = tuple(Option(key=choice, label=f"{label} {choice}") for choice in choices)
        return Question(key="why", kind=QuestionKind.CHOICE, label=label, options=options)

    grow(bench, why("rude", "slow", "odd"), asks_again=False)
    bench.submit(bench.one, answers={"thumbs": "down", "why": "slow"}, rubric_version=2)
    grow(bench, why("rude", "slow"))
    assert left(bench.queue, bench.one) == 0
    grow(bench, why("rude", "slow", label="What was it?"))
    assert left(bench.queue, bench.one) == 0
    queue = grow(bench, why("rude", "slow", "wrong"))
    assert left(queue, bench.one) == 1
    shown = opening.opened(assignment.claim_next(queue=queue, by=bench.one, now=LATER), by=bench.one)
    assert (shown.new, shown.content.answers["why"]) == (frozenset({"why"}), "slow")


def test_only_answers_that_are_not_taken_any_more_are_asked_for_again_and_the_count_is_told_before(
    make_bench: Callable[..., Bench],
) -> None:
    bench = make_bench(reviewers_per_item=2)
    why = Question(
        key="why",
        kind=QuestionKind.MULTI_CHOICE,
        label="Why?",
        options=tuple(Option(key=key, label=key) for key in "abc"),
    )
    code = Question(key="code", kind=QuestionKind.TEXT, label="Code", pattern="[A-Z0-9]+")
    grow(bench, TONE, why, code, asks_again=False)
    given = {"thumbs": "down", "tone": 5, "why": ["a", "c"], "code": "X1"}
    review = bench.submit(bench.one, answers=given)
    bench.submit(bench.other, answers={"thumbs": "down", "tone": 4, "why": ["a"]})
    narrower = {
        "tone": (TONE.model_copy(update={"maximum": 4}), why, code),
        "why": (TONE, why.model_copy(update={"options": why.options[:2]}), code),
        "code": (TONE, why, code.model_copy(update={"pattern": "[A-Z]+"})),
    }
    wider = (TONE.model_copy(update={"minimum": 0}), why, code.model_copy(update={"pattern": ""}))
    for key, asked in narrower.items():
        told = asking_again.preview(queue=bench.queue, asked=Rubric(questions=(THUMBS, *asked)))
        assert told == asking_again.Asked(count=1, misfit_count=1), key
    assert asking_again.preview(queue=bench.queue, asked=Rubric(questions=(THUMBS, *wider))) == asking_again.Asked(2, 0)

    queue = grow(bench, *narrower["tone"])
    assert (left(queue, bench.one), left(queue, bench.other)) == (1, 0)
    shown = opening.opened(assignment.claim_next(queue=queue, by=bench.one, now=LATER), by=bench.one)
    assert (shown.new, shown.misfits, shown.content.answers) == (frozenset(), frozenset({"tone"}), given)
    review.refresh_from_db()
    assert (review.answers, review.rubric.number) == (given, 2), "it stands"
    bench.submit(bench.one, now=LATER, answers=given | {"tone": 4})
    assert left(queue, bench.one) == 0


def test_a_question_about_steps_is_asked_again_where_there_are_such_steps(bench: Bench) -> None:
    def fault(*choices: str, of: str = "tool") -> Question:
        options = tuple(Option(key=choice, label=choice) for choice in choices)
        return Question(
            key="fault", kind=QuestionKind.CHOICE, label="Fault", options=options, of=Steps(type=of), is_required=True
        )

    review = bench.submit(bench.one, **BAD, correction="No refund.")
    correct.accept(review=review, by=bench.editor, now=NOON)
    grow(bench, fault("wrong", "slow", of="retriever"))
    assert left(bench.queue, bench.one) == 0, "no such step"
    assert asking_again.preview(queue=bench.queue, asked=Rubric(questions=(THUMBS, fault("wrong", "slow")))).count == 1
    queue = grow(bench, fault("wrong", "slow"))
    shown = opening.opened(assignment.claim_next(queue=queue, by=bench.one, now=LATER), by=bench.one)
    assert (shown.new, shown.grown) == (frozenset({"fault"}), frozenset())

    said = {"correction": "No refund.", "steps": [{"run": bench.tool.uuid, "answers": {"fault": "slow"}}]}
    bench.submit(bench.one, now=LATER, **BAD, **said)
    review.refresh_from_db()
    assert (left(queue, bench.one), review.correction_state) == (0, "accepted")
    queue = grow(bench, fault("wrong", "slow", "cut off"))
    shown = opening.opened(assignment.claim_next(queue=queue, by=bench.one, now=LATER), by=bench.one)
    assert (shown.new, shown.grown, shown.misfits) == (frozenset({"fault"}), frozenset({"fault"}), frozenset())
    bench.submit(bench.one, now=LATER, **BAD, **said)
    grow(bench, fault("wrong", "slow"))
    assert left(queue, bench.one) == 0, "the answer is one of them still"
    queue = grow(bench, fault("wrong", "odd"), asks_again=True)
    shown = opening.opened(assignment.claim_next(queue=queue, by=bench.one, now=LATER), by=bench.one)
    assert (shown.misfits, shown.content.steps[0].answers) == (frozenset({"fault"}), {"fault": "slow"})


def test_steps_of_a_thread_are_not_those_of_a_thread_of_another_project_with_the_same_id(bench: Bench) -> None:
    with_tool, without = (TraceFactory(project__workspace=bench.queue.workspace, thread_id="42") for _ in range(2))
    RunFactory(trace=with_tool, type="tool")
    RunFactory(trace=without, type="llm")
    threads = [subjects.of_thread(trace.project_id, "42") for trace in (with_tool, without)]
    for item in items.add(queue=bench.queue, subjects=threads, reason=Reason()).added:
        submit.submit(item=item, by=bench.one, answers=ReviewInput(answers={"thumbs": "up"}), now=NOON)
    of_tools = TONE.model_copy(update={"of": Steps(type="tool")})
    grow(bench, of_tools)
    asked = Review.objects.filter(is_asked_again=True).values_list("item__subject", flat=True)
    assert list(asked) == [threads[0].text]


def test_reviews_are_held_against_a_rubric_by_one_statement_a_version(bench: Bench) -> None:
    bench.submit(bench.one, **BAD)
    grow(bench, TONE, asks_again=False)
    with CaptureQueriesContext(connection) as asked:
        asking_again.preview(
            queue=bench.queue, asked=Rubric(questions=(THUMBS, TONE, TONE.model_copy(update={"key": "b"})))
        )
    read = [query["sql"] for query in asked if "annotation_" in query["sql"]]
    assert len(read) == 3, "the versions, and the reviews of each of two"


def test_of_many_reviews_some_are_counted_and_marked_at_once_and_the_rest_by_a_job(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(affected, "BATCH", 2)
    monkeypatch.setattr(asking_again, "AT_ONCE", 2)
    given = [_another(bench, number) for number in (2, 3, 4)]
    grow(bench, TONE.model_copy(update={"is_required": False}), asks_again=False)
    given += [_another(bench, number) for number in (5, 6, 7, 8)]
    wanted = (TONE, TONE.model_copy(update={"key": "style"}))
    told = asking_again.preview(queue=bench.queue, asked=Rubric(questions=(THUMBS, *wanted)))
    assert told == asking_again.Asked(count=4, misfit_count=0, is_partial=True)

    queue = grow(bench, *wanted)
    asked = Review.objects.filter(is_asked_again=True).values_list("pk", flat=True)
    assert (AuditEvent.objects.latest("id").detail["reviews asked for again"], len(asked)) == (4, 4)
    late, job = given[-1], Job.objects.get()
    answers = ReviewInput(answers={"thumbs": "up", "tone": 3, "style": 3})
    submit.submit(item=late.item, by=bench.one, answers=answers, now=LATER)
    jobs.drive(job_id=job.pk, kinds=KINDS)
    job.refresh_from_db()
    assert (job.status, job.done_count, job.title) == ("done", 2, f"Ask for reviews of “{queue}” again")
    assert set(asked.all()) == {review.pk for review in given[:-1]}
    told = asking_again.preview(queue=queue, asked=Rubric(questions=(THUMBS, *wanted)))
    assert told == asking_again.Asked()


def _another(bench: Bench, number: int) -> Review:
    version = rubric_versions.current(Queue.objects.get())
    item = {"item__queue": bench.queue, "item__number": number}
    review: Review = ReviewFactory(**item, reviewer=bench.one, rubric=version, answers={"thumbs": "up"})
    return review


@pytest.mark.parametrize("milliseconds", [0, 100], ids=["no time for a first turn", "in one statement"])
def test_what_takes_too_long_is_not_waited_for(
    bench: Bench, settings: Any, monkeypatch: pytest.MonkeyPatch, milliseconds: int
) -> None:
    bench.submit(bench.one, **BAD)
    settings.FILTER_TIMEOUT_MILLISECONDS = milliseconds
    monkeypatch.setattr(affected, "_has_steps", lambda *_: RawSQL("pg_sleep(0.3) IS NULL", ()))  # for each review
    told = asking_again.preview(queue=bench.queue, asked=Rubric(questions=(THUMBS, TONE)))
    assert told == asking_again.Asked(is_partial=True)
    queue = grow(bench, TONE)
    assert left(queue, bench.one) == 0
    job, detail = Job.objects.get(), AuditEvent.objects.filter(action="queue.changed").latest("id").detail
    assert (detail["reviews asked for again"], detail["more are asked for by job"]) == (0, str(job.uuid))
    assert queue.rubric
    assert asking_again.is_going_on(queue.rubric)
    jobs.drive(job_id=job.pk, kinds=KINDS)
    assert left(queue, bench.one) == 1


def test_an_accepted_correction_stays_accepted(bench: Bench) -> None:
    review = bench.submit(bench.one, **BAD, correction="No refund.")
    correct.accept(review=review, by=bench.editor, now=NOON)
    grow(bench, TONE)
    bench.submit(bench.one, now=LATER, answers={"thumbs": "down", "tone": 1}, correction="No refund.")
    review.refresh_from_db()
    assert (review.correction_state, review.decided_by, review.is_authoritative) == ("accepted", bench.editor, True)
    assert list(Feedback.objects.values_list("is_adjudicated", flat=True).distinct()) == [True]
    bench.submit(bench.one, now=LATER, answers={"thumbs": "down", "tone": 1}, correction="No refund at all.")
    review.refresh_from_db()
    assert (review.correction_state, review.is_authoritative) == ("proposed", False)


def test_nobody_is_asked_what_does_not_apply_or_without_being_told_to(bench: Bench) -> None:
    bench.submit(bench.one, **BAD)
    why = TONE.model_copy(update={"visible_if": Condition(question="thumbs", any_of=("up",))})
    grow(bench, TONE, asks_again=False)
    assert Review.objects.filter(is_asked_again=True).count() == 0
    grow(bench, why)
    assert Review.objects.filter(is_asked_again=True).count() == 0
    grow(bench, TONE.model_copy(update={"label": "How was the tone?"}))
    assert Review.objects.filter(is_asked_again=True).count() == 1


@pytest.mark.parametrize("has_submitted", [False, True])
@pytest.mark.parametrize("asks_again", [False, True])
def test_what_was_on_the_screen_when_the_rubric_changed_is_asked_for_again_too(
    bench: Bench, *, asks_again: bool, has_submitted: bool
) -> None:
    if has_submitted:
        bench.submit(bench.one, **BAD)
    queue = grow(bench, TONE, asks_again=asks_again)
    bench.item.refresh_from_db()
    Review.objects.update(is_asked_again=False)
    grow(bench, TONE, Question(key="why", kind=QuestionKind.TEXT, label="Why?"), asks_again=False)
    bench.submit(bench.one, now=LATER, answers={"thumbs": "up"}, rubric_version=1)
    assert (Review.objects.get().is_asked_again, left(queue, bench.one)) == (asks_again, int(asks_again))
    bench.submit(bench.one, now=LATER, answers={"thumbs": "up", "tone": 2}, rubric_version=2)
    assert (Review.objects.get().is_asked_again, left(queue, bench.one)) == (False, 0), (
        "nobody asks for the reason again"
    )


def test_an_answer_under_the_old_version_leaves_the_question_open(bench: Bench) -> None:
    bench.submit(bench.one, **BAD)
    grow(bench, TONE)
    bench.submit(bench.one, now=LATER, answers={"thumbs": "up"}, rubric_version=1)
    assert Review.objects.get().is_asked_again is True
    assert opening.opened(assignment.Claim(bench.item, None), by=bench.one).content == ReviewInput(
        answers={"thumbs": "up"}, rubric_version=1
    )
