"""What may be read from any span, whatever wrote it: the general attributes of OpenTelemetry, and no guesses.

A span that no dialect knows is still a step of its trace (a request, a query), so it becomes a run of type chain
with all of its attributes.
"""

from collections.abc import Set as AbstractSet

from annotation.domain.ingest import conversations, readable
from annotation.domain.ingest.dialects.attributes import first_text
from annotation.domain.ingest.dialects.partial import Partial, is_absent
from annotation.domain.ingest.spans import Span

NAME = "otel"

#: Where a resource or a span says which release ran, and where: our name -> spellings.
_DEPLOYED = {
    "environment": ("deployment.environment.name", "deployment.environment"),
    "release": ("service.version",),
}


def applies(span: Span, heads: AbstractSet[str]) -> bool:  # noqa: ARG001 -- the last reader takes every span
    """Always true."""
    return True


def read(span: Span) -> Partial:
    """What the general conventions alone say."""
    partial = Partial()
    complete(partial, span)
    return partial


def complete(partial: Partial, span: Span) -> None:
    """Add what holds for every dialect: session and user that the application named come before a library's own;
    messages inside a model's input and output; release and environment.
    """
    attributes = span.attributes
    partial.type = partial.type or "chain"
    partial.thread_id = first_text(attributes, "session.id") or partial.thread_id
    partial.user_id = first_text(attributes, "user.id") or partial.user_id or first_text(attributes, "enduser.id")
    partial.error_type = partial.error_type or first_text(attributes, "error.type")
    if partial.type == "llm":
        _find_messages(partial)
    elif partial.type == "tool":
        _find_call(partial)
    _read_deployment(partial, span)


def _find_messages(partial: Partial) -> None:
    if not partial.input_messages and not is_absent(partial.inputs):
        partial.input_messages = conversations.asked(partial.inputs)
    if not partial.output_messages and not is_absent(partial.outputs):
        partial.output_messages = conversations.answered(partial.outputs)


def _find_call(partial: Partial) -> None:
    if is_absent(partial.tool_arguments):
        partial.tool_arguments = readable.arguments(partial.inputs)
    if is_absent(partial.tool_result):
        partial.tool_result = readable.unwrapped(partial.outputs)
    partial.inputs = partial.tool_arguments if is_absent(partial.inputs) else partial.inputs
    partial.outputs = partial.tool_result if is_absent(partial.outputs) else partial.outputs


def _read_deployment(partial: Partial, span: Span) -> None:
    found = {name: text for name, keys in _DEPLOYED.items() if (text := first_text(span.resource, *keys))}
    if found:
        partial.metadata = {**found, **partial.metadata}
