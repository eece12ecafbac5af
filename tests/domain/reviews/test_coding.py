"""Open coding: when reading on finds nothing new, and what labels have meant so far."""

from __future__ import annotations

from annotation.domain.queues import items, subjects
from annotation.domain.queues.reasons import Reason
from annotation.domain.reviews import coding, submit
from annotation.domain.reviews.coding import Saturation
from annotation.domain.reviews.content import Evidence, ReviewInput
from annotation.models import Item
from tests.domain.reviews.conftest import NOON, Bench
from tests.factories import TraceFactory


def more(bench: Bench, *labels: str, quote: str = "") -> Item:
    """Another item of the queue, reviewed by `one` with these labels."""
    trace = TraceFactory(project=bench.trace.project)
    (item,) = items.add(queue=bench.queue, subjects=[subjects.of_trace(trace.uuid)], reason=Reason()).added
    evidence = tuple(Evidence(label=label, text=quote) for label in labels if quote)
    given = ReviewInput(answers={"thumbs": "down"}, labels=labels, evidence=evidence)
    submit.submit(item=item, by=bench.one, answers=given, now=NOON)
    return item


def test_twenty_reviews_without_a_new_mode_are_enough(bench: Bench) -> None:
    assert coding.saturation(bench.queue) == Saturation(0, ())
    more(bench, "Tone")
    early = coding.saturation(bench.queue)
    assert (early, early.is_early, early.is_reached) == (Saturation(1, ("Tone",)), True, False)
    for number in range(20):
        more(bench, "Tone", *(["Wrong date"] if number == 5 else []))
    assert coding.saturation(bench.queue) == Saturation(20, ("Wrong date",))
    for _ in range(15):
        more(bench, "Wrong date")
    assert coding.saturation(bench.queue).is_reached


def test_examples_are_the_latest_passages_and_none_that_could_lead_a_reviewer(bench: Bench) -> None:
    seen = [more(bench, "Tone", quote=f"quote {number}") for number in range(4)]
    queues = [bench.queue.pk]
    mode = bench.trace.project.failure_modes.get()
    found = coding.examples(bench.item, person=bench.other, queues=queues)
    assert found == {mode.uuid: ["quote 3", "quote 2", "quote 1"]}
    assert coding.examples(seen[3], person=bench.other, queues=queues)[mode.uuid] == ["quote 2", "quote 1", "quote 0"]
    Item.objects.filter(pk=seen[2].pk).update(state=Item.State.OPEN)  # still to be given to others
    assert coding.examples(bench.item, person=bench.other, queues=queues)[mode.uuid] == [
        "quote 3",
        "quote 1",
        "quote 0",
    ]
    assert coding.examples(bench.item, person=bench.one, queues=queues)[mode.uuid][1] == "quote 2"  # their own
    assert coding.examples(bench.item, person=bench.one, queues=[]) == {}
