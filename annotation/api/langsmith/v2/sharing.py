"""Links to traces, version 2: given out, taken back, and what they open."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.langsmith import wire
from annotation.api.langsmith.base import View
from annotation.api.langsmith.errors import Invalid
from annotation.api.langsmith.runs.shown import SHARED, shown
from annotation.api.langsmith.sharing.views import MOST, Public
from annotation.api.langsmith.v2 import selecting
from annotation.api.permissions import Needs
from annotation.domain.access import Capability
from annotation.domain.traces import sharing
from annotation.models import Run


class TraceShareView(View):
    """`/api/v2/runs/{id}/share`: of whichever run, the link is to its whole trace."""

    needs: ClassVar[Needs] = {"POST": Capability.EDIT, "DELETE": Capability.EDIT}

    def post(self, _request: Request, uuid: UUID) -> Response:
        """Share the trace with whoever gets the link; one that is shared keeps its link."""
        return Response({"share_token": sharing.share(run=self._root(uuid), by=self.person).uuid})

    def delete(self, _request: Request, uuid: UUID) -> Response:
        """Take the link back."""
        sharing.unshare(run=self._root(uuid), by=self.person)
        return Response(status=204)

    def _root(self, uuid: UUID) -> Run:
        run = self.found(Run, uuid)
        root = run.trace.root_run_uuid
        return (self.visible(Run).filter(uuid=root).first() if root else None) or run


class SharedRunView(Public):
    """GET /api/v2/public/{token}/run/{run}."""

    def get(self, request: Request, token: UUID, uuid: UUID) -> Response:
        """The shared run, or one that is below it."""
        shared = self.opened(token)
        runs = [step.run for step in shared.steps if step.run.uuid == uuid]
        if not runs:
            raise NotFound("This run is not shared by this link.")
        [row] = shown(runs, SHARED, request=request, share=shared.link)
        return Response(selecting.renamed(row, selecting.from_query(request)))


class SharedRunListView(Public):
    """POST /api/v2/public/{token}/runs/query."""

    def post(self, request: Request, token: UUID) -> Response:
        """A page of the shared run and those below it."""
        sent = self.one()
        asked = sent.get("selects") or []
        if not isinstance(asked, list):
            raise Invalid("selects has to be an array.")
        names = selecting.selected(asked)
        start = wire.number(sent.get("cursor") or 0, "cursor", most=10**9)
        shared = self.opened(token)
        runs = [step.run for step in shared.steps]
        rows = shown(runs[start : start + MOST], SHARED, request=request, share=shared.link)
        following = str(start + MOST) if len(runs) > start + MOST else None
        return Response(wire.items([selecting.renamed(row, names) for row in rows], following))
