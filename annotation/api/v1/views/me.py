"""Who am I, and what may I do."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.resource import Resource
from annotation.api.v1.serializers.me import MeSerializer
from annotation.domain.access import Capability


class MeView(Resource):
    """The caller itself; open to every key and member."""

    needs = {"GET": tuple(Capability)}

    @extend_schema(operation_id="me", responses=MeSerializer, tags=["me"])
    def get(self, _request: Request) -> Response:
        """The workspace, person and capabilities behind the key or the session."""
        return Response(MeSerializer(self.actor).data)
