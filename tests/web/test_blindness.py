"""What others said about a trace does not lead a reviewer who has still to judge it."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from annotation.domain.queues import items, subjects
from annotation.domain.queues.reasons import Reason
from annotation.domain.reviews import submit
from annotation.domain.reviews.content import ReviewInput, StepJudgement
from annotation.models import Feedback, Item, Queue, Trace
from annotation.templatetags.annotation import icon
from tests.factories.feedback import FeedbackFactory
from tests.factories.queues import ItemFactory
from tests.fixtures.people import People
from tests.web.queues.test_lists import words
from tests.web.review.conftest import Line, booking_trace, make_line, run_of

__all__ = ["make_line"]

pytestmark = pytest.mark.django_db


def test_a_reviewer_reads_a_trace_without_the_words_of_others(people: People) -> None:
    trace = Trace.objects.create(
        workspace=people.workspace,
        project=people.project,
        uuid=uuid4(),
        name="trip",
        started_at=timezone.now(),
        thread_id="t",
        verdict="bad",
        verdict_source="reviewer",
    )
    Feedback.objects.create(
        workspace=people.workspace,
        project=people.project,
        target="trace",
        trace_uuid=trace.uuid,
        key="note",
        comment="Invents a refund",
        source="reviewer",
        author=people.editor,
    )
    queue = Queue.objects.create(workspace=people.workspace, name="Refunds")
    Item.objects.create(
        workspace=people.workspace,
        queue=queue,
        number=1,
        kind="trace",
        subject=f"trace:{trace.uuid}",
        trace_uuid=trace.uuid,
    )
    for path in (f"/w/acme/traces/{trace.uuid}/", "/w/acme/threads/t/"):
        seen = people.client(people.reviewer).get(path).content.decode()
        assert "trip" in seen or "thread" in seen.lower()
        assert "Invents a refund" not in seen
        assert "says the reviewer" not in seen
        assert "says the reviewer" in people.client(people.viewer).get(path).content.decode()


MakeLine = Callable[..., Line]
OTHERS = ("judge", "api", "user", "signal")
REASON = {"origin": "rule", "rule": "Judged rude", "revision": 2, "why": ["policy < 0.5"],
          "seen": [{"source": "judge", "key": "policy", "score": 0.25}]}  # fmt: skip


def reviewed(people: People, make: MakeLine, blindness: dict[str, bool]) -> str:
    """What the reviewer's page says of an item that programs, users and the editor have spoken about."""
    line = make(1, blindness=blindness)
    item, step = line.items[0], run_of(line.items[0], "final_answer")
    Item.objects.filter(pk=item.pk).update(reason=REASON)
    step.name, step.model, step.attributes = "chat gpt-x", "gpt-x", {"gen_ai.request.model": "gpt-x"}
    step.save()
    for source, author in (*((source, None) for source in OTHERS), ("reviewer", people.editor)):
        FeedbackFactory(
            workspace=people.workspace, project=people.project, target="trace", trace_uuid=item.trace_uuid,
            key="policy", comment=f"Said by the {source}", source=source, author=author,
        )  # fmt: skip
    client = people.client(people.reviewer)
    page = client.get(line.page(1)).content.decode()
    base, queue = f"/w/acme/traces/{item.trace_uuid}/", f"/w/acme/queues/{line.queue.uuid}/?state=needs_my_review"
    for more in (f"{base}steps/{step.uuid}/", base, queue, line.page(1, "ahead"), line.table()):
        page += client.get(more, follow=True).content.decode()
    return words(page.encode())


@pytest.mark.parametrize(
    ("blindness", "hidden"),
    [
        ({}, {"reviewer"}),
        ({"peers": False}, set()),
        ({"judges": True}, {"reviewer", "judge", "api", "rule"}),
        ({"user_thumbs": True}, {"reviewer", "user", "signal", "rule"}),
        ({"model": True}, {"reviewer", "model", "rule"}),
    ],
)
def test_what_a_queue_hides_is_nowhere_before_the_reviewer(
    people: People, make_line: MakeLine, blindness: dict[str, Any], hidden: set[str]
) -> None:
    page = reviewed(people, make_line, blindness)
    shown = {source for source in ("reviewer", *OTHERS) if f"Said by the {source}" in page}
    shown |= {"rule"} if "Judged rude" in page else set()
    shown |= {"model"} if "gpt-x" in page else set()
    assert shown == {"reviewer", *OTHERS, "rule", "model"} - hidden


def test_a_step_in_whole_is_not_had_around_the_veil(people: People, make_line: MakeLine) -> None:
    line = make_line(1, blindness={"model": True})
    step = run_of(line.items[0], "final_answer")
    client = people.client(people.reviewer)
    base = f"/w/acme/traces/{line.items[0].trace_uuid}/text/?at={step.uuid}:"
    assert client.get(f"{base}attributes").status_code == 404
    assert people.client(people.viewer).get(f"{base}messages").status_code == 200


def test_what_is_loaded_later_is_veiled_too(people: People, make_line: MakeLine) -> None:
    line = make_line(1, blindness={"model": True})
    item, step = line.items[0], run_of(line.items[0], "final_answer")
    step.name, step.inputs, step.outputs = "chat gpt-x", {"model": "gpt-x", "temperature": 0.5}, {"ok": True}
    step.save()
    Trace.objects.update(name="chat gpt-x", metadata={"ls_model": "gpt-x"}, tags=["gpt-x"], cost=1)
    client = people.client(people.reviewer)
    trace = f"/w/acme/traces/{item.trace_uuid}/"
    pages = (
        f"{line.page(1)}?outline_after=0&trace={item.trace_uuid}",
        trace,
        f"{trace}?outline_after=0",
        f"{trace}steps/{step.uuid}/",
        f"{trace}text/?at={step.uuid}:inputs",
    )
    shown = "".join(client.get(page).content.decode() for page in pages)
    assert "gpt-x" not in shown
    assert "Model call" in shown
    assert "temperature" in shown
    assert "gpt-x" in people.client(people.viewer).get(trace).content.decode()
    judged = [StepJudgement(run=step.uuid, thumb="down")]
    given = ReviewInput(answers={"thumbs": "up"}, steps=tuple(judged))
    review = submit.submit(item=item, by=people.reviewer, answers=given, now=timezone.now())
    history = words(client.get(f"/w/acme/queues/reviews/{review.uuid}/history/").content)
    assert "Model call bad" in history
    assert "gpt-x" not in history
    around = people.client(people.editor).get(f"{trace}text/?veiled=1&at={step.uuid}:inputs").content.decode()
    assert "temperature" in around
    assert "gpt-x" not in around


def test_thumbs_of_others_on_steps_are_not_in_the_outline(people: People, make_line: MakeLine) -> None:
    line = make_line(1)
    item, step = line.items[0], run_of(line.items[0], "final_answer")
    for author, source in ((people.editor, "reviewer"), (None, "judge")):
        FeedbackFactory(
            workspace=people.workspace, project=people.project, target="run", trace_uuid=item.trace_uuid, run_uuid=step.uuid,
            key="step_thumb", score=0.0, source=source, author=author,
        )  # fmt: skip
    client = people.client(people.reviewer)
    pages = (line.page(1), f"{line.page(1)}?outline_after=0&trace={item.trace_uuid}")
    down = str(icon("down", "down"))
    for blindness, is_told in (
        ({"judges": True}, False),
        ({"peers": True}, True),
        ({"peers": False, "judges": True}, True),
    ):
        Queue.objects.update(blindness=blindness)
        for page in pages:
            outline = client.get(page).content.decode().split('class="rubric"')[0]
            assert (down in outline) is is_told, (blindness, page)


def test_a_side_of_a_pair_is_not_told_by_its_own_page(people: People, make_line: MakeLine) -> None:
    line = make_line(0)
    one, other = booking_trace(people, 1), booking_trace(people, 1, "No refund is due.")
    Trace.objects.update(metadata={"variant": "secret-b"}, tags=["secret-b"])
    items.add(queue=line.queue, subjects=[subjects.of_pair(one.uuid, other.uuid)], reason=Reason())
    client = people.client(people.reviewer)
    trace = f"/w/acme/traces/{other.uuid}/"
    step = other.runs.get(name="final_answer")
    for page in (
        trace,
        f"{trace}?outline_after=0",
        f"{trace}steps/{step.uuid}/",
        f"{trace}text/?at={step.uuid}:metadata",
    ):
        assert client.get(page).status_code == 404
        assert people.client(people.viewer).get(page).status_code == 200
    assert client.get(f"{trace}text/?at={step.uuid}:output_text").content == b"No refund is due."
    ItemFactory(queue=line.queue, number=2, trace=other)
    told = client.get(trace).content.decode()
    assert "No refund is due." in told
    for hidden in ("secret-b", people.project.name + "</dd>"):
        assert hidden not in told
    assert client.get(f"{line.page(1)}?outline_after=0&trace={other.uuid}").status_code == 404
    listed = words(client.get(f"/w/acme/queues/{line.queue.uuid}/").content)
    assert "1 Pair Can I cancel booking TX-1? Added by hand needs my review" in listed


def test_the_list_of_a_reviewer_tells_no_more_than_the_page(people: People, make_line: MakeLine) -> None:
    line = make_line(2, blindness={"judges": True, "model": True})
    Item.objects.update(reason=REASON, flag_reason="")
    drafts_of_others = items.flag(item=line.items[1], by=people.editor, reason="Plainly wrong")
    listed = people.client(people.reviewer).get(f"/w/acme/queues/{line.queue.uuid}/").content.decode()
    page = words(listed.encode())
    assert "1 Trace Can I cancel booking TX-1? Rule “name hidden” needs my review" in page
    for hidden in ("Judged rude", "policy", "booking_agent", "Plainly wrong", "TX-2"):
        assert hidden not in page
    opened = words(people.client(people.reviewer).get(line.page(drafts_of_others.number)).content)
    assert "Item 2 is flagged and waits for an editor" in opened
    assert "Plainly wrong" not in opened
