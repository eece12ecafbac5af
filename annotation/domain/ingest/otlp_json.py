"""OTLP/JSON as the same protobuf message that the binary encoding gives.

OTLP/JSON differs from the generic JSON form of protobuf in one thing: ids are hex, not base64, and reading them as
base64 gives ids of the wrong length without any error. So they are rewritten first; all else (64-bit integers as
text or number, integer enumerations, unknown fields) protobuf's own reader does right.
"""

from base64 import b64encode
from binascii import Error as BinasciiError
from binascii import unhexlify
from collections import Counter
from collections.abc import Iterator
from typing import Any

from google.protobuf.json_format import ParseDict, ParseError

from annotation.domain.ingest.otlp_errors import MalformedPayloadError, WrongSignalError
from annotation.domain.ingest.otlp_signals import TRACES, Signal, camel
from annotation.domain.ingest.values import loads

_SPAN_IDS = ("traceId", "spanId", "parentSpanId", "trace_id", "span_id", "parent_span_id")
_HOLDING = {"resourceSpans": "spans", "resourceLogs": "logs", "resourceMetrics": "metrics"}


def parse(body: bytes, signal: Signal = TRACES) -> tuple[Any, Counter[str]]:
    """The request in a JSON body, and how many of its members could not be read, by reason."""
    document = _document(body, signal)
    _rewrite_ids(document, signal)
    unreadable: Counter[str] = Counter()
    try:
        return _message(document, signal), unreadable
    except ParseError:
        unreadable[f"the {signal.member} is not valid OTLP/JSON"] = _drop_unreadable(document, signal)
    try:
        return _message(document, signal), unreadable
    except ParseError as error:
        raise MalformedPayloadError(f"the body is not {signal.noun}: {error}") from error


def _document(body: bytes, signal: Signal) -> dict[str, Any]:
    own = camel(signal.resources)
    try:
        document = loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedPayloadError(f"the body is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise MalformedPayloadError(f"the body is not a JSON object with {own}")
    for key, held in _HOLDING.items():
        if key in document and own not in document:
            raise WrongSignalError(held, _HOLDING[own])
    return document


def _message(document: dict[str, Any], signal: Signal) -> Any:
    return ParseDict(document, signal.request(), ignore_unknown_fields=True)


def _members(parent: Any, *keys: str) -> Iterator[dict[str, Any]]:
    for key in keys:
        members = parent.get(key)
        if isinstance(members, list):
            yield from (member for member in members if isinstance(member, dict))


def _scopes(document: dict[str, Any], signal: Signal) -> Iterator[dict[str, Any]]:
    for resource in _members(document, camel(signal.resources), signal.resources):
        yield from _members(resource, camel(signal.scopes), signal.scopes)


def _rewrite_ids(document: dict[str, Any], signal: Signal) -> None:
    for scope in _scopes(document, signal):
        for member in _members(scope, *_names(signal)):
            _rewrite(member)
            for link in _members(member, "links"):
                _rewrite(link)


def _names(signal: Signal) -> list[str]:
    return list(dict.fromkeys([camel(signal.members), signal.members]))


def _rewrite(holder: dict[str, Any]) -> None:
    for key in _SPAN_IDS:
        if key in holder:
            holder[key] = _base64(holder[key])


def _base64(identifier: Any) -> str:
    """Hex of any case as base64; what is not hex becomes empty, which is then refused as missing."""
    if not isinstance(identifier, str):
        return ""
    try:
        return b64encode(unhexlify(identifier)).decode()
    except (BinasciiError, ValueError):
        return ""


def _drop_unreadable(document: dict[str, Any], signal: Signal) -> int:
    dropped = 0
    for scope in _scopes(document, signal):
        for name in _names(signal):
            members = scope.get(name)
            if isinstance(members, list):
                scope[name] = [member for member in members if _is_readable(member, signal)]
                dropped += len(members) - len(scope[name])
    return dropped


def _is_readable(member: Any, signal: Signal) -> bool:
    try:
        ParseDict(member, signal.part(), ignore_unknown_fields=True)
    except (ParseError, AttributeError, TypeError, ValueError):
        return False
    return True
