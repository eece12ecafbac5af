"""The registry of dialects: conventions that say what the attributes of a span mean.

Order is precedence. A convention that types its spans explicitly and belongs to one tool comes before the general
ones, because such tools fill the general attributes loosely. A new dialect is one module with `NAME`, `applies` and
`read`, one line here and one folder of golden payloads.
"""

from typing import Protocol

from annotation.domain.ingest.dialects import genai, generic, openinference
from annotation.domain.ingest.dialects.partial import Partial, merge
from annotation.domain.ingest.spans import Span


class Dialect(Protocol):
    """A small reader of one convention."""

    NAME: str

    def applies(self, span: Span) -> bool:
        """Whether the span carries anything of this convention."""

    def read(self, span: Span) -> Partial:
        """What the convention says about the span; pure, and right for any values."""


DIALECTS: tuple[Dialect, ...] = (openinference, genai, generic)


def read(span: Span) -> tuple[Partial, frozenset[str], str]:
    """What all dialects together say about a span, the attributes they took over, and the leading dialect's name.

    The last one, which takes any span, is heard only where no other speaks.
    """
    speaking = [dialect for dialect in DIALECTS[:-1] if dialect.applies(span)] or [DIALECTS[-1]]
    partial, taken = merge([dialect.read(span) for dialect in speaking])
    return partial, taken, speaking[0].NAME
