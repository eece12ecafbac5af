"""`/runs/{id}/share` for those who may share, `/public/{token}/…` for those who have a link."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.langsmith import wire
from annotation.api.langsmith.base import View
from annotation.api.langsmith.errors import Invalid, Refusal
from annotation.api.langsmith.runs.shown import SHARED, shown
from annotation.domain.access import Capability
from annotation.domain.traces import sharing
from annotation.domain.traces.sharing import Shared
from annotation.models import Run, RunShare

MOST = 100
"""Runs on a page."""


class RunShareView(View):
    """The link to a run."""

    needs = {"GET": Capability.READ, "PUT": Capability.EDIT, "DELETE": Capability.EDIT}

    def get(self, _request: Request, uuid: UUID) -> HttpResponseBase:
        """The link, or null."""
        known = sharing.of_run(self.found(Run, uuid))
        return Response(_written(known)) if known else HttpResponse("null", content_type="application/json")

    def put(self, _request: Request, uuid: UUID) -> Response:
        """Share the run with whoever gets the link; one that is shared keeps its link."""
        run, sent = self.found(Run, uuid), self.one()
        token = wire.parsed_uuid(sent["share_token"], "share_token") if sent.get("share_token") else None
        try:
            return Response(_written(sharing.share(run=run, by=self.person, token=token)))
        except sharing.ShareTokenTakenError as problem:
            raise Refusal(409, str(problem)) from problem

    def delete(self, _request: Request, uuid: UUID) -> Response:
        """Take the link back."""
        sharing.unshare(run=self.found(Run, uuid), by=self.person)
        return Response({})


class Public(View):
    """The link is the secret: no key, no cookie; not kept by caches, not found by search engines."""

    authentication_classes = ()
    permission_classes = ()

    def opened(self, token: UUID) -> Shared:
        """What the link shows, or 404."""
        try:
            return sharing.opened(token)
        except sharing.ShareGoneError as problem:
            raise NotFound(str(problem)) from problem

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Ask everybody between us and the reader not to keep it."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex"
        return response


class SharedRunView(Public):
    """GET /public/{token}/run, and a run below it."""

    def get(self, _request: Request, token: UUID, uuid: UUID | None = None) -> Response:
        """The shared run, or one that is below it."""
        shared = self.opened(token)
        run = next((step.run for step in shared.steps if uuid in {None, step.run.uuid}), None)
        if run is None:
            raise NotFound("This run is not shared by this link.")
        return Response(_shown([run], shared.link, self.request)[0])


class SharedRunListView(Public):
    """POST /public/{token}/runs/query."""

    def post(self, _request: Request, token: UUID) -> Response:
        """The shared run and those below it, or some of them by id; a page of 100."""
        sent = self.one()
        wanted = {wire.parsed_uuid(one, "id") for one in _ids(sent)}
        start = wire.number(sent.get("cursor") or 0, "cursor", most=10**9)
        shared = self.opened(token)
        runs = [step.run for step in shared.steps if not wanted or step.run.uuid in wanted]
        rest = str(start + MOST) if len(runs) > start + MOST else None
        return Response(
            {"runs": _shown(runs[start : start + MOST], shared.link, self.request), "cursors": wire.cursors(rest)}
        )


def _ids(sent: dict[str, Any]) -> list[Any]:
    ids = sent.get("id") or []
    if not isinstance(ids, list):
        raise Invalid("id has to be an array.")
    return ids


def _shown(runs: list[Run], share: RunShare, request: Request) -> list[dict[str, Any]]:
    listed = shown(runs, SHARED, request=request, share=share)
    return [{"extra": {"metadata": one.pop("metadata")}, **one} for one in listed]


def _written(link: RunShare) -> dict[str, Any]:
    return {"run_id": link.run_uuid, "share_token": link.uuid}
