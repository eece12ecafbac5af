"""What the pages about a queue's labels show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from annotation.domain.queues import rubric_versions
from annotation.domain.reviews.quality import answers, comparable, figures
from annotation.domain.reviews.quality.comparable import Asked, LeftOut
from annotation.domain.reviews.quality.figures import Agreement, Confusion, Given, Unit
from annotation.models import Item, Queue, Run, User

MOST_LISTED = 200
"""Of items that are listed for a figure."""


@dataclass(frozen=True, slots=True)
class Word:
    """What one reviewer answered, in words."""

    reviewer: User
    answer: str


@dataclass(frozen=True, slots=True)
class Split:
    """An item with what each reviewer answered to the question; of one of its steps (outside id), what it is called."""

    item: Item
    words: tuple[Word, ...]
    step: str = ""
    step_name: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    """Agreement on every question, those that have no figures, and who reviewed."""

    agreements: tuple[Agreement, ...]
    left_out: tuple[LeftOut, ...]
    reviewers: tuple[User, ...]
    given: Sequence[Given]


def overview(queue: Queue) -> Overview:
    """The figures of a queue, live; two statements and two small ones, whatever its size."""
    given = answers.given(queue)
    rubric = rubric_versions.questions_of(queue)
    asked = [*comparable.asked(rubric)]
    if any(comparable.PREFERRED.key in one.values for one in given):
        asked.append(comparable.PREFERRED)
    people = User.objects.filter(pk__in={one.reviewer for one in given}).order_by("email")
    found = tuple(figures.agreement_on(one, given) for one in asked)
    return Overview(found, comparable.left_out(rubric), tuple(people), given)


def splits(shown: Overview, question: Asked, units: Sequence[Unit]) -> list[Split]:
    """The first MOST_LISTED of these items or steps, by the item's number."""
    found = figures.units(shown.given, question.key)
    people = {person.pk: person for person in shown.reviewers}
    rows = Item.objects.filter(pk__in={unit.item for unit in units}).order_by("number")[:MOST_LISTED]
    items = {item.pk: item for item in rows}
    listed = sorted((unit for unit in units if unit.item in items), key=lambda unit: items[unit.item].number)
    names = _step_names(list(items.values()), listed[:MOST_LISTED])
    return [
        Split(
            items[unit.item],
            tuple(
                Word(people[reviewer], question.worded(value))
                for reviewer, value in sorted(found[unit].items(), key=lambda one: people[one[0]].email)
            ),
            unit.step,
            names.get(unit.step, ""),
        )
        for unit in listed[:MOST_LISTED]
    ]


def _step_names(items: Sequence[Item], units: Sequence[Unit]) -> dict[str, str]:
    uuids = {unit.step for unit in units if unit.step}
    if not uuids:
        return {}
    rows = Run.objects.filter(workspace=items[0].workspace_id, uuid__in=uuids).values_list("uuid", "name", "type")
    return {str(uuid): name or type_ for uuid, name, type_ in rows}


def numbers(units: Iterable[Unit]) -> list[int]:
    """The numbers of the items that these are, or are steps of, in order."""
    items = Item.objects.filter(pk__in={unit.item for unit in units})
    return list(items.order_by("number").values_list("number", flat=True))


def confusion(shown: Overview, question: Asked, one: UUID | None, other: UUID | None) -> Confusion | None:
    """Two reviewers held against each other; None when they did not both review here."""
    by_uuid = {person.uuid: person.pk for person in shown.reviewers}
    if one == other or one not in by_uuid or other not in by_uuid:
        return None
    return figures.confusion(question, shown.given, by_uuid[one], by_uuid[other])
