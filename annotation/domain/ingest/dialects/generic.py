"""What may be read from any span, whatever wrote it: the general attributes of OpenTelemetry, and no guesses.

A span that no dialect knows is still a step of its trace (a request, a query), so it becomes a run of type chain
with all of its attributes.
"""

from annotation.domain.ingest.dialects.attributes import first_text
from annotation.domain.ingest.dialects.partial import Partial
from annotation.domain.ingest.spans import Span

NAME = "otel"


def applies(span: Span) -> bool:  # noqa: ARG001 -- the last reader takes every span
    """Always true."""
    return True


def read(span: Span) -> Partial:
    """Session, user and error type, by the general conventions."""
    return Partial(
        type="chain",
        thread_id=first_text(span.attributes, "session.id"),
        user_id=first_text(span.attributes, "user.id", "enduser.id"),
        error_type=first_text(span.attributes, "error.type"),
    )
