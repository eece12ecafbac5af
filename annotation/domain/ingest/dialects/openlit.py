"""What OpenLIT and LiteLLM say in words of their own, beside OpenTelemetry GenAI.

Source: `openlit/openlit`, `sdk/python/src/openlit/__init__.py` (functions that are traced), and `BerriAI/litellm`,
`litellm/integrations/opentelemetry.py`.
"""

from collections.abc import Set as AbstractSet

from annotation.domain.ingest.dialects.attributes import first_text, literal
from annotation.domain.ingest.dialects.partial import Partial
from annotation.domain.ingest.spans import Span

NAME = "openlit"

_ARGS, _KWARGS = "function.args", "function.kwargs"
_KEY = "metadata.user_api_key_"


def applies(span: Span, heads: AbstractSet[str]) -> bool:
    """True for a traced function of OpenLIT's, or a span of LiteLLM's with the metadata of its proxy."""
    return ("function" in heads and _ARGS in span.attributes) or ("litellm" in heads)


def read(span: Span) -> Partial:
    """A function's arguments, and who called a proxy."""
    attributes, partial = span.attributes, Partial()
    if _ARGS in attributes:
        partial.inputs = {"args": literal(attributes[_ARGS]), "kwargs": literal(attributes.get(_KWARGS))}
        partial.sources["inputs"] = (_ARGS, _KWARGS)
    partial.user_id = first_text(attributes, f"{_KEY}end_user_id", f"{_KEY}user_id")
    return partial
