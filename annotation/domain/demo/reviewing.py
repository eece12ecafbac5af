"""Three reviewers work off half of two queues, and an editor accepts their corrections, all by the real commands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from annotation.domain.datasets import rows, sources
from annotation.domain.datasets.content import RowContent
from annotation.domain.demo.cast import Cast
from annotation.domain.demo.faults import Fault
from annotation.domain.demo.story import Story
from annotation.domain.queues import assignment
from annotation.domain.queues.refusals import NothingLeftError
from annotation.domain.reviews import correct, submit
from annotation.domain.reviews.content import ReviewInput
from annotation.models import Dataset, Example, Item, Queue, Review, Trace, User

NOTES_DOWN = (
    "The guest would have to call the hotel.", "Looks right at first sight; the tool result says otherwise.",
    "Same as yesterday's, on another release.", "The first step is fine, the last one is not.",
    "Nothing in the trace supports this claim.",
)  # fmt: skip
NOTES_UP = ("Good recovery after the timeout.", "Short and right.", "A model answer.", "")


@dataclass(slots=True)
class Sitting:
    """A queue being worked off: what is known about its traces, and the clock."""

    queue: Queue
    stories: Mapping[UUID, Story]
    chance: Random
    clock: datetime

    def review(self, reviewer: User) -> Review | None:
        """The reviewer takes the next item and submits; None when nothing is left for them."""
        try:
            claim = assignment.claim_next(queue=self.queue, by=reviewer, now=self.clock)
        except NothingLeftError:
            return None
        given = self._opinion(claim.item)
        self.clock += timedelta(milliseconds=given.active_ms) + timedelta(seconds=self.chance.randint(2, 90))
        return submit.submit(item=claim.item, by=reviewer, answers=given, now=self.clock)

    def _opinion(self, item: Item) -> ReviewInput:
        """What a good but not perfect reviewer finds, in a plausible time."""
        story = self.stories[item.trace_uuid] if item.trace_uuid else None
        chance = self.chance
        seconds = min(480.0, max(6.0, chance.lognormvariate(3.6, 0.65)))
        missed = chance.random() < 0.08
        fault = story.fault if story and not missed else None
        if story is None or fault is None:
            return self._praise(seconds)
        return self._complaint(story, fault, seconds * 1.7)

    def _praise(self, seconds: float) -> ReviewInput:
        return ReviewInput(
            answers={"thumbs": "up", **self._extra(is_good=True)},
            note=self.chance.choice(NOTES_UP) if self.chance.random() < 0.3 else "",
            active_ms=int(seconds * 1000),
        )

    def _complaint(self, story: Story, fault: Fault, seconds: float) -> ReviewInput:
        chance = self.chance
        return ReviewInput(
            answers={"thumbs": "down", **self._extra(is_good=False)},
            labels=(fault.name,),
            layer=fault.layer if chance.random() < 0.85 else "model",
            first_failing_run_uuid=story.failing_run_uuid if chance.random() < 0.8 else None,
            correction=story.corrected if chance.random() < 0.7 else None,
            note=chance.choice(NOTES_DOWN) if chance.random() < 0.5 else "",
            active_ms=int(seconds * 1000),
        )

    def _extra(self, *, is_good: bool) -> dict[str, str | float]:
        kinds = ("none",) if is_good else ("minor", "major", "major", "critical")
        known = {question["key"] for question in self._questions()}
        answers: dict[str, str | float] = {
            "severity": self.chance.choice(kinds),
            "helpfulness": float(self.chance.choice((4, 5, 5) if is_good else (1, 2, 2, 3))),
        }
        return {key: value for key, value in answers.items() if key in known}

    def _questions(self) -> list[dict[str, str]]:
        document = self.queue.rubric.questions if self.queue.rubric else []
        return list(document["questions"] if isinstance(document, dict) else document)


def work(*, sitting: Sitting, cast: Cast, count: int) -> list[Review]:
    """`count` reviews, by the reviewers in turn."""
    done: list[Review] = []
    for turn in range(count):
        review = sitting.review(cast.reviewers[turn % len(cast.reviewers)])
        if review is not None:
            done.append(review)
    return done


def decide(*, reviews: list[Review], chance: Random, by: User, now: datetime) -> None:
    """The editor accepts most corrections, turns a few down, and leaves the newest for later."""
    for review in reviews:
        if review.correction_state != Review.Correction.PROPOSED or chance.random() < 0.25:
            continue
        if review.item.reviews.filter(correction_state=Review.Correction.ACCEPTED).exists():
            continue
        moment = min(now, review.submitted_at + timedelta(hours=chance.uniform(0.5, 9)))
        if chance.random() < 0.12:
            correct.reject(review=review, by=by, now=moment, note="The original answer was fine as it is.")
        else:
            correct.accept(review=review, by=by, now=moment)


def tend(*, dataset: Dataset, by: User, now: datetime) -> None:
    """The editor tidies the rows: splits, a better wording, one taken out."""
    dataset.refresh_from_db()
    standing = list(Example.objects.filter(dataset=dataset, valid_to=None).order_by("number"))
    uuids = [row.uuid for row in standing]
    staying = standing[:-1]  # the last one is taken out before the wording changes
    english = [row.uuid for row in staying if str(row.outputs).isascii()] or uuids
    test, train = uuids[::4], [uuid for place, uuid in enumerate(uuids) if place % 4]
    steps = (
        lambda: rows.assign_split(
            dataset=dataset, uuids=test, split="test", by=by, now=now, message="A quarter for tests"
        ),
        lambda: rows.assign_split(
            dataset=dataset, uuids=train, split="train", by=by, now=now, message="The rest to train"
        ),
        lambda: rows.remove(dataset=dataset, uuids=uuids[-1:], by=by, now=now, message="Too much like another row"),
        lambda: _reword(dataset, english[0], by, now),
    )
    for step in steps if len(standing) > 2 else ():
        step()


def collect(*, dataset: Dataset, stories: list[Story], by: User, now: datetime) -> None:
    """The editor begins the dataset with some traces that they came across, and with a row of their own."""
    for story in stories:
        trace = Trace.objects.get(workspace=dataset.workspace, uuid=story.trace_uuid)
        taken = RowContent(sources.content_of_trace(trace).inputs, {"output": story.corrected})
        rows.add_from_trace(dataset=dataset, trace=trace, content=taken, by=by, now=now, message="Seen while reading")
    own = RowContent(
        {"input": "Please rename the project to “north” everywhere."},
        {"output": "Which of the two projects do you mean?"},
    )
    rows.add(dataset=dataset, rows=[own], by=by, now=now, message="A request that is not clear enough")


def _reword(dataset: Dataset, uuid: UUID, by: User, now: datetime) -> None:
    row = Example.objects.get(dataset=dataset, uuid=uuid, valid_to=None)
    content = rows.content_of(row)
    outputs = dict(content.outputs)
    outputs["output"] = str(outputs["output"]).rstrip() + " Is there anything else that I can do for you?"
    changed = RowContent(content.inputs, outputs, {**content.metadata, "tone": "warmer"}, content.split)
    rows.edit(dataset=dataset, uuid=uuid, content=changed, by=by, now=now, message="A warmer closing line")
