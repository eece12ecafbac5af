"""`/annotation-queues` and one of them: made, found, changed, deleted, exported."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.langsmith import wire
from annotation.api.langsmith.queues import reading, rubrics, writing
from annotation.api.langsmith.queues.base import QueueView, refusals
from annotation.domain import access
from annotation.domain.access import Capability
from annotation.domain.queues import counts, lifecycle, rubric_versions
from annotation.domain.queues.settings import QueueSettings
from annotation.domain.reviews import exporting
from annotation.models import Dataset, Queue, User

READERS = (Capability.READ, Capability.REVIEW)
_ORDERS = {"name": "name", "created_at": "created_at", "updated_at": "modified_at"}


class QueueListView(QueueView):
    """Queues."""

    needs = {"GET": READERS, "POST": Capability.ADMINISTER}

    def get(self, request: Request) -> Response:
        """An array, each with the number of its items (counted up to 10,000)."""
        found = list(self._wanted(request)[wire.window(request)])
        counted = counts.of_queues(found, person=self.actor.person)
        return Response([writing.queue(one, total=counted[one.pk].total) for one in found])

    def post(self, _request: Request) -> Response:
        """Make a queue, filled with the traces of an experiment or with pairs of two, if they are named; the same id again is
        answered with what is there.
        """
        sent = self.one()
        uuid = wire.parsed_uuid(sent["id"], "id") if sent.get("id") else None
        known = self.queues().filter(uuid=uuid).first() if uuid else None
        return Response(writing.queue(known or self._made(sent, uuid)))

    def _made(self, sent: dict[str, Any], uuid: UUID | None) -> Queue:
        begin = QueueSettings(name="", reservation_minutes=reading.DEFAULT_MINUTES)
        settings = reading.settings_in(sent, begin, datasets=_datasets(self), by=self.person)
        asked = rubrics.read(sent.get("rubric_items") or [], self.actor.workspace)
        sessions = wire.parsed_uuids(sent.get("session_ids") or [], "session_ids", most=2)
        with refusals(), transaction.atomic():
            made = lifecycle.create(
                workspace=self.actor.workspace, settings=settings, rubric=asked, by=self.person, uuid=uuid
            )
            lifecycle.describe(queue=made, **reading.described_in(sent))
            if len(sessions) == 2:
                self.paired(made, sessions)
            elif sessions:
                self.populated(made, sessions)
        return self.queue(made.uuid)

    def _wanted(self, request: Request) -> Any:
        rows, asked = self.queues(), request.query_params
        if uuids := wire.uuids(request, "ids"):
            rows = rows.filter(uuid__in=uuids)
        if name := asked.get("name"):
            rows = rows.filter(name=name)
        if part := asked.get("name_contains"):
            rows = rows.filter(name__icontains=part)
        if dataset := asked.get("dataset_id"):
            rows = rows.filter(target_dataset__uuid=wire.parsed_uuid(dataset, "dataset_id"))
        if kind := asked.get("queue_type"):
            rows = rows.filter(writing.IS_PAIRWISE if kind == "pairwise" else ~writing.IS_PAIRWISE)
        if wire.flag(request, "assigned_to_me"):
            rows = rows.filter(pk__in=access.reviewable_queues(self.actor).values("pk"))
        sign = "" if wire.flag(request, "sort_by_desc") is False else "-"
        return rows.order_by(f"{sign}{_ORDERS.get(asked.get('sort_by', ''), 'created_at')}", f"{sign}id")


class QueueDetailView(QueueView):
    """One queue."""

    needs = {"GET": READERS, "PATCH": Capability.ADMINISTER, "DELETE": Capability.ADMINISTER}

    def get(self, _request: Request, uuid: UUID) -> Response:
        """It, with its rubric."""
        queue = self.queue(uuid)
        asked = rubric_versions.questions_of(queue)
        said = {"rubric_instructions": queue.instructions or None}
        return Response({**writing.queue(queue), **said, "rubric_items": rubrics.written(asked, queue.workspace)})

    def patch(self, _request: Request, uuid: UUID) -> Response:
        """Change what is sent; rubric items are replaced as a whole, and reviews keep the version that they answered."""
        queue, sent = self.queue(uuid), self.one()
        settings = reading.settings_in(sent, lifecycle.settings_of(queue), datasets=_datasets(self), by=self.person)
        asked = rubric_versions.questions_of(queue)
        if sent.get("rubric_items") is not None:
            asked = rubrics.read(sent["rubric_items"], self.actor.workspace, asked)
        with refusals(), transaction.atomic():
            lifecycle.edit(queue=queue, settings=settings, rubric=asked, by=self.person)
            lifecycle.describe(queue=queue, **reading.described_in(sent))
        return Response(writing.queue(self.queue(uuid)))

    def delete(self, _request: Request, uuid: UUID) -> Response:
        """Archive it and free its name: what people said in it stays, and an admin can bring it back."""
        with refusals():
            lifecycle.retire(queue=self.queue(uuid), by=self.person)
        return Response({})


class QueueExportView(QueueView):
    """POST /annotation-queues/{id}/export."""

    needs = {"POST": Capability.READ}

    def post(self, _request: Request, uuid: UUID) -> HttpResponseBase:
        """The finished items as CSV."""
        queue, sent = self.queue(uuid), self.one()
        times = {
            name: wire.parsed_time(sent[name], name) if sent.get(name) else None for name in ("start_time", "end_time")
        }
        window = exporting.Window(times["start_time"], times["end_time"])
        lines = exporting.finished(queue, window, with_reviewers=bool(sent.get("include_annotator_detail")))
        answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="annotation-queue-{queue.uuid}.csv"'
        return answer


class ReviewerListView(QueueView):
    """POST /platform/annotation-queues/{id}/reviewers."""

    needs = {"POST": Capability.ADMINISTER}

    def post(self, _request: Request, uuid: UUID) -> Response:
        """Assign a reviewer; twice is once."""
        queue, sent = self.queue(uuid), self.one()
        person = _person(self, wire.parsed_uuid(sent.get("identity_id"), "identity_id"))
        _assign(self, queue, [*queue.reviewers.all(), person])
        return Response({"identity_id": str(person.uuid)}, status=201)


class ReviewerView(QueueView):
    """DELETE /platform/annotation-queues/{id}/reviewers/{identity}."""

    needs = {"DELETE": Capability.ADMINISTER}

    def delete(self, _request: Request, uuid: UUID, person: UUID) -> Response:
        """Assign somebody no more; what they reviewed stays."""
        queue = self.queue(uuid)
        _assign(self, queue, [one for one in queue.reviewers.all() if one.uuid != person])
        return Response(status=204)


def _assign(view: QueueView, queue: Queue, people: list[User]) -> None:
    settings = lifecycle.settings_of(queue)
    unique = tuple({person.pk: person for person in people}.values())
    with refusals():
        changed = reading.with_reviewers(settings, unique)
        lifecycle.edit(queue=queue, settings=changed, rubric=rubric_versions.questions_of(queue), by=view.person)


def _person(view: QueueView, uuid: UUID) -> User:
    person = User.objects.filter(uuid=uuid, memberships__workspace=view.actor.workspace).first()
    if person is None:
        raise NotFound("There is no member of this workspace with this identity_id.")
    return person


def _datasets(view: QueueView) -> Any:
    return view.visible(Dataset).filter(archived_at=None)
