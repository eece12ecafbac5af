"""What may be read from any span, whatever wrote it: the general attributes of OpenTelemetry, and no guesses.

A span that no dialect knows is still a step of its trace (a request, a query), so it becomes a run of type chain
with all of its attributes.
"""

from collections.abc import Set as AbstractSet

from annotation.domain.ingest import answers, conversations, documents, readable
from annotation.domain.ingest.dialects import usage
from annotation.domain.ingest.dialects.attributes import first_text, literal
from annotation.domain.ingest.dialects.partial import Partial, is_absent
from annotation.domain.ingest.spans import Span

NAME = "otel"

#: Where a resource says which release ran, and where: its attribute and our name.
_DEPLOYED = (
    ("deployment.environment.name", "environment"),
    ("deployment.environment", "environment"),
    ("service.version", "release"),
)


#: How LangChain's programs name thread and user in their metadata, for which it has no other place.
_THREAD, _USER = ("session_id", "thread_id", "conversation_id"), ("user_id",)


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
    partial.thread_id = _unquoted(first_text(attributes, "session.id")) or partial.thread_id
    partial.user_id = (
        _unquoted(first_text(attributes, "user.id")) or partial.user_id or first_text(attributes, "enduser.id")
    )
    partial.error_type = partial.error_type or first_text(attributes, "error.type")
    if partial.type == "llm":
        _find_messages(partial)
    elif partial.type == "tool":
        _find_call(partial)
    elif partial.type in ("retriever", "reranker") and not partial.documents:
        partial.documents = documents.found_in(partial.outputs)
    _read_deployment(partial, span)


def _unquoted(text: str | None) -> str | None:
    """An id that a sender wrote as JSON, with its quotes."""
    is_quoted = text is not None and len(text) > 2 and text[0] == text[-1] == '"'
    return text[1:-1] if text and is_quoted else text


def _find_messages(partial: Partial) -> None:
    """The messages of a model's call, and what its answer says, where the answer was kept as it came."""
    if not partial.input_messages and not is_absent(partial.inputs):
        partial.input_messages = conversations.asked(partial.inputs)
    if not partial.output_messages and not is_absent(partial.outputs):
        partial.output_messages = conversations.answered(partial.outputs)
    if partial.response_id is None or partial.usage is None or partial.model is None:
        answer = answers.read(partial.outputs)
        partial.model = partial.model or answer.model
        partial.response_id = partial.response_id or answer.response_id
        partial.usage = partial.usage or usage.from_object(answer.usage)


def _find_call(partial: Partial) -> None:
    if is_absent(partial.tool_arguments):
        partial.tool_arguments = readable.arguments(literal(partial.inputs))
    if is_absent(partial.tool_result):
        partial.tool_result = readable.unwrapped(partial.outputs)
    partial.inputs = partial.tool_arguments if is_absent(partial.inputs) else partial.inputs
    partial.outputs = partial.tool_result if is_absent(partial.outputs) else partial.outputs


def _read_deployment(partial: Partial, span: Span) -> None:
    for key, name in _DEPLOYED:
        if key in span.resource and (text := first_text(span.resource, key)):
            partial.metadata = {name: text, **partial.metadata}
