"""Members of the workspace, and the audit log."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.pagination import PARAMETERS, list_of, listed, page_of
from annotation.api.resource import Resource
from annotation.api.v1.serializers.members import AuditEventSerializer, MemberSerializer
from annotation.domain.access import Capability
from annotation.models import AuditEvent, Membership

ACTION = OpenApiParameter("action", OpenApiTypes.STR, description="Only acts that begin so: `api_key.`")


class MemberListView(Resource):
    """Everybody in the workspace."""

    needs = {"GET": Capability.ADMINISTER}

    @extend_schema(operation_id="members_list", parameters=PARAMETERS, responses=list_of(MemberSerializer))
    def get(self, request: Request) -> Response:
        """Members with their roles, the longest there first."""
        rows = self.visible(Membership).select_related("user")
        return listed(page_of(request, rows, order=("created_at", "id")), MemberSerializer)


class AuditView(Resource):
    """What was administered."""

    needs = {"GET": Capability.ADMINISTER}

    @extend_schema(operation_id="audit_list", parameters=[*PARAMETERS, ACTION], responses=list_of(AuditEventSerializer))
    def get(self, request: Request) -> Response:
        """Administrative acts, newest first."""
        rows = self.visible(AuditEvent).filter(action__startswith=request.query_params.get("action", ""))
        return listed(page_of(request, rows, order=("-id",)), AuditEventSerializer)
