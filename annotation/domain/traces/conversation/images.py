"""Images that came inside a trace: shown from there, and never fetched from anywhere; pure."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LARGEST = 20_000_000
"""Characters of base64; what is longer is not shown."""

_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
"""What a file begins with decides, not what its sender says: an SVG is a document with scripts."""


@dataclass(frozen=True, slots=True)
class Image:
    """An image of a message; `place` says where it is, `is_here` whether it came with the trace."""

    place: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """The bytes of an image, and their type."""

    mime_type: str
    content: bytes


def is_here(part: Mapping[str, Any]) -> bool:
    """Whether the part holds an image that can be shown, as far as its beginning tells."""
    data = _data(part)
    return bool(data) and len(data) <= LARGEST and _type_of(_decoded(data[:32])) is not None


def picture(part: Mapping[str, Any]) -> Picture | None:
    """The image that the part holds; None for one that lies elsewhere, and for what is no image of a known type."""
    data = _data(part)
    content = _decoded(data) if len(data) <= LARGEST else b""
    mime_type = _type_of(content)
    return Picture(mime_type, content) if mime_type else None


def _data(part: Mapping[str, Any]) -> str:
    """The base64 text, out of `data` or of an address that holds it."""
    for text in (part.get("data"), part.get("url")):
        if isinstance(text, str) and text:
            head, comma, _ = text[:200].partition(",") if text.startswith("data:") else ("", "", "")
            if comma:
                return text[len(head) + 1 :] if head.endswith(";base64") else ""
            if not text.startswith(("http:", "https:", "data:")):
                return text
    return ""


def _decoded(data: str) -> bytes:
    try:
        return base64.b64decode(data[: len(data) // 4 * 4], validate=False)
    except (binascii.Error, ValueError):
        return b""


def _type_of(content: bytes) -> str | None:
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((mime_type for beginning, mime_type in _BEGINNINGS if content.startswith(beginning)), None)
