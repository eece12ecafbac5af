"""What others said about a trace does not lead a reviewer who has still to judge it."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from annotation.models import Feedback, Item, Queue, Trace
from tests.factories.feedback import FeedbackFactory
from tests.fixtures.people import People
from tests.web.queues.test_lists import words
from tests.web.review.conftest import Line, make_line, run_of

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
REASON = {"origin": "rule", "rule": "Judged rude", "revision": 2, "why": ["policy < 0.5"],
          "seen": [{"source": "judge", "key": "policy", "score": 0.25}]}  # fmt: skip


def reviewed(people: People, make: MakeLine, blindness: dict[str, bool]) -> str:
    """What the reviewer's page says of an item that a judge, a user and the editor have spoken about."""
    line = make(1, blindness=blindness)
    item, step = line.items[0], run_of(line.items[0], "final_answer")
    Item.objects.filter(pk=item.pk).update(reason=REASON)
    step.name, step.model, step.attributes = "chat gpt-x", "gpt-x", {"gen_ai.request.model": "gpt-x"}
    step.save()
    for source, author in (("judge", None), ("user", None), ("reviewer", people.editor)):
        FeedbackFactory(
            workspace=people.workspace, project=people.project, target="trace", trace_uuid=item.trace_uuid,
            key="policy", comment=f"Said by the {source}", source=source, author=author,
        )  # fmt: skip
    client = people.client(people.reviewer)
    page = client.get(line.page(1)).content.decode()
    base = f"/w/acme/traces/{item.trace_uuid}/"
    page += client.get(f"{base}steps/{step.uuid}/").content.decode() + client.get(base).content.decode()
    return words(page.encode())


@pytest.mark.parametrize(
    ("blindness", "hidden"),
    [
        ({}, {"reviewer"}),
        ({"peers": False}, set()),
        ({"judges": True}, {"reviewer", "judge", "rule"}),
        ({"user_thumbs": True}, {"reviewer", "user", "rule"}),
        ({"model": True}, {"reviewer", "model"}),
    ],
)
def test_what_a_queue_hides_is_nowhere_before_the_reviewer(
    people: People, make_line: MakeLine, blindness: dict[str, Any], hidden: set[str]
) -> None:
    page = reviewed(people, make_line, blindness)
    shown = {source for source in ("reviewer", "judge", "user") if f"Said by the {source}" in page}
    shown |= {"rule"} if "Judged rude" in page else set()
    shown |= {"model"} if "gpt-x" in page else set()
    assert shown == {"reviewer", "judge", "user", "rule", "model"} - hidden


def test_a_step_in_whole_is_not_had_around_the_veil(people: People, make_line: MakeLine) -> None:
    line = make_line(1, blindness={"model": True})
    step = run_of(line.items[0], "final_answer")
    client = people.client(people.reviewer)
    base = f"/w/acme/traces/{line.items[0].trace_uuid}/text/?at={step.uuid}:"
    assert client.get(f"{base}attributes").status_code == 404
    assert people.client(people.viewer).get(f"{base}messages").status_code == 200
