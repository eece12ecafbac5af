"""Completing an item by what its reviewer has said already, as feedback from elsewhere: it becomes their review."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from pydantic import JsonValue

from annotation.domain.feedback import verdict
from annotation.domain.queues import probes, rubric_versions, subjects
from annotation.domain.queues.rubric import Question, QuestionKind
from annotation.domain.reviews import drafts, submissions, submit
from annotation.domain.reviews.content import ReviewInput
from annotation.domain.reviews.stored import DOWN, UP
from annotation.models import Feedback, Item, Review, Trace, User

_NOT_A_PERSONS = (Feedback.Source.JUDGE, Feedback.Source.RULE, Feedback.Source.SIGNAL)
"""Sources whose words are no review, even if they came with a person's key."""


def complete(*, item: Item, by: User, now: datetime) -> Review:
    """Submit the person's review: what they typed here, and to the other questions what they said elsewhere.

    A review that they gave before stays, unless they have typed something since. What they said elsewhere stays the one feedback that it is. Raises as `submit.submit` does.
    """
    draft = drafts.load(item=item, by=by)
    before, probe = submissions.on_item(item, by), probes.open_on(item, by)
    if before is not None and draft is None:
        return before
    said = _said(item, by, since=probe.given_at if probe else None)
    typed = draft.content if draft else ReviewInput()
    answers = {**{key: answer for key, answer in said.items() if answer is not None}, **typed.answers}
    spoken = frozenset(said) - typed.answers.keys()
    given = typed.model_copy(update={"answers": answers})
    return submit.submit(item=item, by=by, answers=given, now=now, spoken=spoken)


def _said(item: Item, by: User, *, since: datetime | None) -> dict[str, JsonValue]:
    """The latest word of the person on each question that they gave as feedback (`since` then), in the form of an answer."""
    rubric = rubric_versions.asked_of(item, rubric_versions.current(item.queue), by)
    rows = Feedback.objects.filter(_about(item), workspace=item.workspace_id, author=by, review=None)
    rows = rows.exclude(source__in=_NOT_A_PERSONS)
    rows = rows.filter(created_at__gte=since) if since else rows
    found = rows.filter(key__in=[question.key for question in rubric.questions]).order_by("created_at", "id")
    answers: dict[str, JsonValue] = {}
    for feedback in found:
        question = rubric.question(feedback.key)
        if question is not None:
            answers[feedback.key] = as_answer(question, feedback.score, feedback.value, feedback.comment)
    return answers


def _about(item: Item) -> Q:
    """On the item's run or thread; of a trace on itself or its root: what was said of a step below is about that step."""
    if item.kind == Item.Kind.THREAD:
        here = Q(project=None) | Q(project=subjects.project_id_of(item.subject))
        return here & Q(target=Feedback.Target.THREAD, thread_id=item.thread_id)
    if item.run_uuid:
        return Q(run_uuid=item.run_uuid)
    roots = Trace.objects.filter(workspace=item.workspace_id, uuid__in=[item.trace_uuid]).values("root_run_uuid")
    return Q(trace_uuid=item.trace_uuid, target=Feedback.Target.TRACE) | Q(run_uuid__in=roots)


def as_answer(question: Question, score: float | None, value: JsonValue, comment: str | None = None) -> JsonValue:
    """What a score and a value say to a question; None where they are no answer to it."""
    match question.kind:
        case QuestionKind.THUMBS:
            return None if score is None else (UP if score > 0 else DOWN)
        case QuestionKind.VERDICT:
            return verdict.says_thumb(score, value)
        case QuestionKind.NUMBER | QuestionKind.SCALE:
            return score
        case QuestionKind.TEXT:
            return value if isinstance(value, str) else comment
        case _:
            return value
