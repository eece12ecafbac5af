"""What others said about a trace does not lead a reviewer who has still to judge it."""

from uuid import uuid4

import pytest
from django.utils import timezone

from annotation.models import Feedback, Item, Queue, Trace
from tests.fixtures.people import People

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
