"""The registry of dialects: conventions that say what the attributes of a span mean.

Order is precedence. A convention that types its spans explicitly and belongs to one tool comes before the general
ones, because such tools fill the general attributes loosely. A new dialect is one module with `NAME`, `applies`
and `read`, one line here and one folder of golden payloads.
"""

from collections.abc import Set as AbstractSet
from typing import Protocol

from annotation.domain.ingest.dialects import (
    adk,
    claude_code,
    genai,
    genai_legacy,
    general,
    langfuse,
    langsmith,
    logfire,
    mlflow,
    openinference,
    openlit,
    traceloop,
    vercel,
)
from annotation.domain.ingest.dialects.partial import Partial, merge
from annotation.domain.ingest.spans import Span


class Dialect(Protocol):
    """A small reader of one convention."""

    NAME: str

    def applies(self, span: Span, heads: AbstractSet[str]) -> bool:
        """Whether the span carries anything of this convention; `heads` are the first words, up to a dot, of the names
        of its attributes, so that most dialects can tell by one look.
        """

    def read(self, span: Span) -> Partial:
        """What the convention says about the span; pure, and right for any values."""


DIALECTS: tuple[Dialect, ...] = (
    langsmith, langfuse, openinference, traceloop, vercel, mlflow, claude_code, adk, genai, genai_legacy, logfire, openlit,
    general,
)  # fmt: skip


def read(span: Span) -> tuple[Partial, frozenset[str], str]:
    """What all dialects together say about a span, the attributes they took over, and the leading dialect's name.

    The last one, which takes any span, completes what the others say, and leads only where no other speaks.
    """
    heads = {key.partition(".")[0] for key in span.attributes}
    speaking = [dialect for dialect in DIALECTS[:-1] if dialect.applies(span, heads)]
    partial, taken = merge([dialect.read(span) for dialect in speaking]) if speaking else (Partial(), frozenset())
    general.complete(partial, span)
    return partial, taken, speaking[0].NAME if speaking else general.NAME
