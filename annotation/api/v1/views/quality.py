"""How far the reviewers of a queue agree, how it is getting on, and all its reviews as a file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.resource import Resource
from annotation.api.v1.serializers.quality import AgreementSerializer, ProgressSerializer
from annotation.api.v1.views.datasets import FORMAT, AsIs, format_of
from annotation.domain.access import Capability
from annotation.domain.reviews import export
from annotation.domain.reviews.quality import figures, pace, queries
from annotation.domain.reviews.quality.figures import Agreement
from annotation.domain.reviews.quality.queries import Overview
from annotation.models import Queue

MOST_NUMBERS = 1000


class QueueAgreementView(Resource):
    """Agreement on each question of a queue's rubric."""

    needs = {"GET": Capability.READ}

    @extend_schema(operation_id="queues_agreement", responses=AgreementSerializer(many=True))
    def get(self, _request: Request, uuid: UUID) -> Response:
        """Figures over the latest 20,000 reviews, labels and the other parts included; live."""
        shown = queries.overview(self.found(Queue, uuid))
        return Response([self._answer(shown, one) for one in shown.agreements])

    def _answer(self, shown: Overview, one: Agreement) -> dict[str, Any]:
        split = figures.disagreed(figures.units(shown.given, one.asked.key))
        plain = replace(one, balance=tuple(replace(share, value=_plain(share.value)) for share in one.balance))
        return AgreementSerializer(plain).data | {"disagreed_items": queries.numbers(split[:MOST_NUMBERS])}


class QueueProgressView(Resource):
    """Pace, forecast, age of what waits, and who did how much lately."""

    needs = {"GET": Capability.READ}

    @extend_schema(operation_id="queues_progress", responses=ProgressSerializer)
    def get(self, _request: Request, uuid: UUID) -> Response:
        """Of the last 14 days."""
        return Response(ProgressSerializer(pace.of_queue(self.found(Queue, uuid), now=timezone.now())).data)


class QueueReviewsView(Resource):
    """All reviews of a queue as a file."""

    needs = {"GET": Capability.READ}
    content_negotiation_class = AsIs

    @extend_schema(
        operation_id="queues_reviews",
        parameters=[FORMAT],
        responses={(200, "application/jsonl"): OpenApiResponse(OpenApiTypes.BINARY)},
    )
    def get(self, request: Request, uuid: UUID) -> StreamingHttpResponse:
        """JSON Lines with one review a line, or CSV with one item a line and columns for every reviewer; streamed."""
        queue, form = self.found(Queue, uuid), format_of(request)
        headers = {"Content-Disposition": f'attachment; filename="{export.file_name(queue, form)}"'}
        return StreamingHttpResponse(export.stream(queue, form), content_type=form.content_type, headers=headers)


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value
