"""The immutable versions of a queue's rubric."""

from __future__ import annotations

import json
from functools import lru_cache

from django.db.models import Max

from annotation.domain.queues import pairs, rubric
from annotation.domain.queues.rubric import Rubric
from annotation.models import Item, Queue, RubricVersion, User


def current(queue: Queue) -> RubricVersion:
    """The version that new reviews answer; a queue that never got one asks the default."""
    if queue.rubric is not None:
        return queue.rubric
    first = RubricVersion(queue=queue, number=1, questions=rubric.default().document())
    RubricVersion.objects.bulk_create([first], ignore_conflicts=True)  # somebody else may be asking at the same moment
    version = RubricVersion.objects.get(queue=queue, number=1)
    Queue.objects.filter(pk=queue.pk, rubric=None).update(rubric=version)
    queue.rubric = version
    return version


def numbered(queue: Queue, number: int | None) -> RubricVersion | None:
    """The queue's version with this number; None when not asked or not there."""
    if number and queue.rubric and queue.rubric.number == number:
        return queue.rubric
    return RubricVersion.objects.filter(queue=queue, number=number).first() if number else None


def questions_of(queue: Queue) -> Rubric:
    """What the queue asks now."""
    return _read(current(queue))


def asked_of(item: Item, version: RubricVersion, person: User | None) -> Rubric:
    """What the version asks this person (None: nobody in particular) about the item; of a pair, which is better."""
    asked = _read(version)
    if item.kind != Item.Kind.PAIR:
        return asked
    return pairs.asked(asked, is_swapped=person is not None and pairs.is_swapped(item.uuid, person.uuid))


def _read(version: RubricVersion) -> Rubric:
    return _rubric_of(json.dumps(version.questions))


@lru_cache(maxsize=128)
def _rubric_of(document: str) -> Rubric:
    """Each document once: every claim and submission asks for one of the few."""
    return rubric.read(json.loads(document))


def publish(*, queue: Queue, asked: Rubric, by: User | None) -> RubricVersion:
    """Make `asked` what the queue asks from now on: a new version, unless it is what it asks already.

    Call with the queue locked. Reviews keep the version that they answered.
    """
    if queue.rubric is not None and rubric.read(queue.rubric.questions) == asked:
        return queue.rubric
    last = RubricVersion.objects.filter(queue=queue).aggregate(last=Max("number"))["last"] or 0
    queue.rubric = RubricVersion.objects.create(queue=queue, number=last + 1, questions=asked.document(), created_by=by)
    queue.save(update_fields=["rubric"])
    return queue.rubric
