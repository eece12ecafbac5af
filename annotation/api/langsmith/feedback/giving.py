"""Storing what the SDKs send: one feedback of a request, or the many in a batch of runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework.exceptions import NotFound

from annotation.api.langsmith.errors import Invalid, Refusal
from annotation.api.langsmith.feedback import meaning, reading
from annotation.api.langsmith.feedback.reading import Sent
from annotation.domain import access
from annotation.domain.access import Actor, Capability
from annotation.domain.feedback import giving
from annotation.models import Feedback, Project


def give(actor: Actor, sent: Mapping[str, Any]) -> Feedback:
    """Store one. Raises Invalid, NotFound for a project that is not there, 409 for an id that is taken."""
    read = reading.read(sent)
    project = _projects(actor, [read]).get(read.session_id)
    if read.is_on_project and project is None:
        raise NotFound("There is no project with this session_id.")
    meaning.ensure(actor, read.content.key, read.config)
    outcome = _stored(actor, [read.given(project)])[0]
    if outcome.feedback is None:
        words = reading.problem_words(outcome.problems)
        raise Refusal(409, words) if "client_id" in outcome.problems else Invalid(words)
    return outcome.feedback


def give_parts(actor: Actor, parts: Sequence[Mapping[str, Any]]) -> list[str]:
    """Store the feedback that came between runs; what is wrong with those that cannot be taken, in words.

    A project that a part names may be about to come with the next runs, so for feedback on a run it need not be there.
    """
    read, problems = _readable(parts)
    projects = _projects(actor, read)
    homeless = [one for one in read if one.is_on_project and one.session_id not in projects]
    problems += [f"feedback {one.id}: there is no project with this session_id" for one in homeless]
    sound = [one for one in read if one not in homeless]
    problems += [words for one in sound if (words := _meaning_problem(actor, one))]
    outcomes = _stored(actor, [one.given(projects.get(one.session_id)) for one in sound]) if sound else []
    for one, outcome in zip(sound, outcomes, strict=True):
        if outcome.feedback is None:
            problems.append(f"feedback {one.id}: {reading.problem_words(outcome.problems)}")
    return problems


def _meaning_problem(actor: Actor, one: Sent) -> str | None:
    """A config that cannot be is no reason to lose the feedback that it came with."""
    try:
        meaning.ensure(actor, one.content.key, one.config)
    except Invalid as problem:
        return f"feedback {one.id}: {problem.detail}"
    return None


def _readable(parts: Sequence[Mapping[str, Any]]) -> tuple[list[Sent], list[str]]:
    read, problems = [], []
    for part in parts:
        try:
            read.append(reading.read(part))
        except Invalid as problem:
            problems.append(f"feedback {part.get('id')}: {problem.detail}")
    return read, problems


def _projects(actor: Actor, read: Sequence[Sent]) -> dict[UUID | None, int]:
    """The inside ids of the projects that feedback is about as a whole, as far as the caller may see them."""
    named = {one.session_id for one in read if one.is_on_project and one.session_id}
    known = access.visible(actor, Project).filter(uuid__in=named) if named else Project.objects.none()
    return dict(known.values_list("uuid", "pk"))


def _stored(actor: Actor, given: Sequence[giving.Given]) -> list[giving.Outcome]:
    return giving.give_many(
        workspace=actor.workspace,
        given=given,
        now=timezone.now(),
        by=actor.person if actor.may(Capability.GIVE_FEEDBACK) else None,
        project=actor.project,
    )
