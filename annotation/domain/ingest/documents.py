"""Documents that a search found, in one shape: `{"id", "content", "score", "metadata"}`."""

from collections.abc import Sequence
from typing import Any

from annotation.domain.ingest.values import parsed

_CONTENT = ("content", "page_content", "text", "document")
_KNOWN = frozenset({"id", "content", "score", "metadata"})


def found_in(value: Any) -> list[dict[str, Any]]:
    """The documents in what a retriever gave: a list of them, or a list in the member `documents`; none if unsure."""
    value = parsed(value)
    if isinstance(value, dict):
        value = next((value[name] for name in ("documents", "output", "results", "nodes") if name in value), None)
    if not isinstance(value, list) or not value:
        return []
    is_documents = all(
        isinstance(entry, dict) and any(name in entry for name in (*_CONTENT, "kwargs")) for entry in value
    )
    return from_list([_constructed(entry) for entry in value]) if is_documents else []


def from_list(entries: Sequence[Any]) -> list[dict[str, Any]]:
    """Documents in the words of several senders; what is not an object is the content of one."""
    return [_document(entry) for entry in entries]


def _constructed(entry: dict[str, Any]) -> dict[str, Any]:
    """LangChain: `{"lc": 1, "type": "constructor", …, "kwargs": {"page_content": …}}`."""
    inner = entry.get("kwargs")
    return inner if isinstance(inner, dict) else entry


def _document(entry: Any) -> dict[str, Any]:
    if not isinstance(entry, dict):
        return {"id": None, "content": entry, "score": None, "metadata": {}}
    name = next((name for name in _CONTENT if name in entry), "content")
    rest = {key: value for key, value in entry.items() if key not in _KNOWN and key != name}
    metadata = entry.get("metadata")
    return {
        "id": entry.get("id"),
        "content": entry.get(name),
        "score": entry.get("score"),
        "metadata": rest | (metadata if isinstance(metadata, dict) else {}),
    }
