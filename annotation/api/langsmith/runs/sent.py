"""What a batch of runs holds, whichever way it is written; what is wrong with one part does not hold up the others.

Names of the parts of a multipart body: `post.RUN` and `patch.RUN` are a run without its large fields, `post.RUN.FIELD`
is one of these, `attachment.RUN.NAME` a file, `feedback.ID` a judgement.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from annotation.api.langsmith import multipart
from annotation.domain.ingest.attachments import Attached
from annotation.domain.ingest.langsmith.state import Message, UnusableRunError, read
from annotation.domain.ingest.values import loads, within

_MAX_DEPTH = 200
_FIELDS = frozenset({"inputs", "outputs", "events", "extra", "error", "serialized"})


@dataclass(slots=True)
class Sent:
    """Messages about runs, attachments, feedback as JSON objects, and what could not be read: reason -> count."""

    messages: list[Message] = field(default_factory=list)
    attachments: list[Attached] = field(default_factory=list)
    feedback: list[dict[str, Any]] = field(default_factory=list)
    problems: Counter[str] = field(default_factory=Counter)

    def add_run(self, body: Any, *, is_post: bool) -> None:
        """Take a run, or note what is wrong with it."""
        try:
            self.messages.append(one_run(body, is_post=is_post))
        except UnusableRunError as problem:
            self.problems[str(problem)] += 1


def one_run(body: Any, *, is_post: bool) -> Message:
    """The message in one run's JSON value. Raises UnusableRunError."""
    if isinstance(body, dict) and not within(body, _MAX_DEPTH):
        raise UnusableRunError(f"the run nests deeper than {_MAX_DEPTH} levels")
    return read(body, is_post=is_post)


def of_batch(body: Any) -> Sent:
    """`{"post": [run, …], "patch": [run, …]}`."""
    sent = Sent()
    if not isinstance(body, dict):
        sent.problems['the body has to be {"post": […], "patch": […]}'] += 1
        return sent
    for name in ("post", "patch"):
        listed = body.get(name) or []
        if not isinstance(listed, list):
            sent.problems[f"{name} has to be a list"] += 1
            continue
        for run in listed:
            sent.add_run(run, is_post=name == "post")
    return sent


def of_multipart(body: bytes, *, content_type: str) -> Sent:
    """The parts of a body. Raises MalformedError."""
    sent = Sent()
    runs: dict[tuple[str, str], dict[str, Any]] = {}
    for part in multipart.parts(body, content_type=content_type):
        try:
            _take(part, sent, runs)
        except (ValueError, RecursionError) as problem:
            what = str(problem) if isinstance(problem, UnusableRunError) else f"the part {part.name[:100]} is not JSON"
            sent.problems[what] += 1
    for (kind, _), run in runs.items():
        sent.add_run(run, is_post=kind == "post")
    return sent


def _take(part: multipart.Part, sent: Sent, runs: dict[tuple[str, str], dict[str, Any]]) -> None:
    kind, _, rest = part.name.partition(".")
    identifier, _, name = rest.partition(".")
    if kind in ("post", "patch") and name in _FIELDS:
        runs.setdefault((kind, identifier), {})[name] = loads(part.content)
    elif kind in ("post", "patch") and not name:
        _put(runs.setdefault((kind, identifier), {}), identifier, loads(part.content))
    elif kind == "attachment":
        mime_type = part.content_type.partition(";")[0].strip()
        sent.attachments.append(Attached(_run_id(identifier), name, mime_type, part.content))
    elif kind == "feedback":
        given = loads(part.content)
        if not isinstance(given, dict):
            raise UnusableRunError("a feedback has to be a JSON object")
        sent.feedback.append({"id": rest, **given})
    else:
        raise UnusableRunError(f"the part {part.name[:100]} is not known here")


def _put(run: dict[str, Any], identifier: str, plain: Any) -> None:
    if not isinstance(plain, dict):
        raise UnusableRunError("a run has to be a JSON object")
    large = dict(run)
    run.update({"id": identifier, **plain, **large})


def _run_id(identifier: str) -> UUID:
    try:
        return UUID(identifier)
    except ValueError as problem:
        raise UnusableRunError("an attachment has to name its run: attachment.RUN.NAME") from problem
