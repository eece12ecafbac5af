"""API keys."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.errors import ApiError
from annotation.api.pagination import PARAMETERS, list_of, listed, page_of
from annotation.api.resource import Resource
from annotation.api.v1.serializers.keys import KeySerializer, MadeKeySerializer, NewKeySerializer
from annotation.domain.access import Capability
from annotation.domain.projects import keys
from annotation.models import ApiKey, Project


class KeyListView(Resource):
    """The workspace's keys, newest first."""

    needs = {"GET": Capability.ADMINISTER, "POST": Capability.ADMINISTER}

    @extend_schema(operation_id="keys_list", parameters=PARAMETERS, responses=list_of(KeySerializer))
    def get(self, request: Request) -> Response:
        """Keys without their tokens, the revoked ones among them."""
        rows = self.visible(ApiKey).select_related("project", "created_by")
        return listed(page_of(request, rows, order=("-created_at", "-id")), KeySerializer)

    @extend_schema(operation_id="keys_create", request=NewKeySerializer, responses={201: MadeKeySerializer})
    def post(self, request: Request) -> Response:
        """Make a key; its token stands in this answer and nowhere else."""
        given = NewKeySerializer(data=request.data, context={"projects": self.visible(Project)})
        given.is_valid(raise_exception=True)
        try:
            made = keys.create(
                workspace=self.actor.workspace, by=self.person, now=timezone.now(), **given.validated_data
            )
        except keys.BadKeyError as problem:
            raise ApiError("bad_key", str(problem)) from problem
        return Response({**KeySerializer(made.key).data, "token": made.token}, status=201)


class KeyView(Resource):
    """One key."""

    needs = {"DELETE": Capability.ADMINISTER}

    @extend_schema(operation_id="keys_revoke", responses={204: None})
    def delete(self, _request: Request, uuid: UUID) -> Response:
        """Revoke the key for good; the row stays, for the record."""
        keys.revoke(key=self.found(ApiKey, uuid), by=self.person, now=timezone.now())
        return Response(status=204)
