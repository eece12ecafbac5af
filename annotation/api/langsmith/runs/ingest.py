"""Taking runs (and giving back one): one, a change to one, or a batch as JSON or in several parts. Acknowledged after commit."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar
from uuid import UUID

from django.core.handlers.wsgi import WSGIRequest
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.ingest import body, capacity, credentials
from annotation.api.langsmith import multipart
from annotation.api.langsmith.base import View
from annotation.api.langsmith.errors import Invalid, Refusal
from annotation.api.langsmith.feedback import giving
from annotation.api.langsmith.runs import query, sent
from annotation.api.langsmith.runs.sent import Sent
from annotation.api.langsmith.runs.shown import ALL, shown
from annotation.api.permissions import Needs
from annotation.domain.access import Capability
from annotation.domain.ingest import attachments, store
from annotation.domain.ingest.langsmith import receive
from annotation.domain.ingest.langsmith.state import UnusableRunError
from annotation.domain.ingest.receive import Sender, together
from annotation.domain.ingest.records import Rejections
from annotation.domain.ingest.values import loads
from annotation.models import ApiKey, Run

_FORBIDDEN = frozenset({receive.FOREIGN_PROJECT, store.FOREIGN_TRACE, attachments.FOREIGN_RUN})
_STATUS: dict[type[Exception], int] = {
    multipart.MalformedError: 400,
    body.UnreadableBodyError: 400,
    body.BodyTooLargeError: 413,
    body.UnknownPackingError: 415,
    UnusableRunError: 422,
}


class _Ingest(View):
    """Bounded like all ingestion, and by nothing else: a client that is told to wait loses what it cannot hold."""

    throttle_classes = ()

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Let a refused sender hear the answer."""
        if response.status_code >= 400 and isinstance(request._request, WSGIRequest):  # noqa: SLF001 -- DRF's own name
            body.discard(request._request)  # noqa: SLF001
        return super().finalize_response(request, response, *args, **kwargs)

    @property
    def key(self) -> ApiKey:
        """The sender's."""
        assert self.actor.key is not None  # noqa: S101 -- nobody else gets in
        return self.actor.key

    @property
    def sent(self) -> WSGIRequest:
        """The request as it came."""
        request = self.request._request  # noqa: SLF001 -- DRF's own name for it
        assert isinstance(request, WSGIRequest)  # noqa: S101 -- we are served by WSGI
        return request

    def content(self) -> bytes:
        """The whole body, unpacked."""
        return body.read(self.sent)

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Be inside the door; what can go wrong there becomes a refusal."""
        try:
            with capacity.door.enter(credentials.presented(self.sent)):
                yield
        except capacity.OverloadedError as problem:
            raise Refusal(429, str(problem), retry_after=1) from problem
        except tuple(_STATUS) as problem:
            status = next(status for kind, status in _STATUS.items() if isinstance(problem, kind))
            raise Refusal(status, str(problem)) from problem

    def stored(self, batch: Sent) -> Mapping[str, int]:
        """Store a batch when it is its turn; what could not be taken, and why."""
        with capacity.turns.take((self.key.workspace_id, self.key.pk, None)):
            only = self.key.only_project
            runs = receive.take(sender=Sender(self.key), messages=batch.messages, received_ns=time.time_ns())
            files = attachments.keep(
                workspace=self.key.workspace,
                attached=batch.attachments,
                traces={one.said.id: one.said.trace_id for one in batch.messages if one.said.trace_id},
                only_project_id=only.pk if only else None,
            )
            unsaid = giving.give_parts(self.actor, batch.feedback) if batch.feedback else []
        return together([Rejections(batch.problems), files, runs, Rejections(Counter(unsaid))]).reasons

    def answer(self, problems: Mapping[str, int]) -> Response:
        """202 when all was taken; else a refusal that is not sent again, which says what was not taken."""
        if not problems:
            return Response({"message": "Stored."}, status=202)
        said = Rejections(problems).message
        if _FORBIDDEN.issuperset(problems):
            raise Refusal(403, said)
        raise Invalid(f"{said}. All else in this request is stored.")

    def parsed(self) -> Any:
        """The body as a JSON value."""
        try:
            return loads(self.content())
        except (ValueError, RecursionError) as problem:
            raise Refusal(400, "The body is not JSON.") from problem


class RunListView(_Ingest):
    """POST /runs."""

    needs: ClassVar[Needs] = {"POST": Capability.INGEST}

    def post(self, _request: Request) -> Response:
        """Take one run."""
        with self.inside():
            batch = Sent(messages=[sent.one_run(self.parsed(), is_post=True)])
            return self.answer(self.stored(batch))


class RunBatchView(_Ingest):
    """POST /runs/batch."""

    needs: ClassVar[Needs] = {"POST": Capability.INGEST}

    def post(self, _request: Request) -> Response:
        """Take runs and changes to runs."""
        with self.inside():
            return self.answer(self.stored(sent.of_batch(self.parsed())))


class RunMultipartView(_Ingest):
    """POST /runs/multipart."""

    needs: ClassVar[Needs] = {"POST": Capability.INGEST}

    def post(self, request: Request) -> Response:
        """Take runs, changes, attachments and feedback."""
        with self.inside():
            content_type = request.headers.get("Content-Type", "")
            return self.answer(self.stored(sent.of_multipart(self.content(), content_type=content_type)))


class RunView(_Ingest):
    """GET and PATCH /runs/{id}."""

    needs: ClassVar[Needs] = {"PATCH": Capability.INGEST, "GET": Capability.READ}

    def get(self, request: Request, uuid: UUID) -> Response:
        """One run, whole; 404 until it has come, so that clients ask again."""
        run = query.one(self.visible(Run), uuid, ALL)
        return Response(shown([run], ALL, actor=self.actor, request=request)[0])

    def patch(self, _request: Request, uuid: UUID) -> Response:
        """Take a change to a run, which may not have come yet."""
        with self.inside():
            change = self.parsed()
            if not isinstance(change, dict):
                raise Invalid("The body has to be a JSON object.")
            batch = Sent(messages=[sent.one_run({**change, "id": str(uuid)}, is_post=False)])
            return self.answer(self.stored(batch))
