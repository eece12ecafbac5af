"""OpenTelemetry's conventions for generative AI, version 1.37 and later (attributes `gen_ai.*`).

Source: `open-telemetry/semantic-conventions-genai`, and before it `open-telemetry/semantic-conventions`, documents
`gen-ai-spans` and `gen-ai-agent-spans`. Older spellings of single attributes are read where they mean the same.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from annotation.domain.ingest import documents, messages
from annotation.domain.ingest.dialects.attributes import (
    decimal,
    first_count,
    first_text,
    literal,
    seconds_as_ms,
    unquoted,
)
from annotation.domain.ingest.dialects.partial import Partial, is_absent
from annotation.domain.ingest.parts import without_blocks
from annotation.domain.ingest.records import Usage
from annotation.domain.ingest.spans import Span
from annotation.domain.ingest.values import parsed

NAME = "otel-genai"

_TYPES = {
    "chat": "llm",
    "text_completion": "llm",
    "generate_content": "llm",
    "realtime_inference": "llm",
    "embeddings": "embedding",
    "retrieval": "retriever",
    "vector_db_retrieve": "retriever",
    "execute_tool": "tool",
    "invoke_agent": "agent",
    "create_agent": "agent",
    "search_memory": "tool",
    "create_memory": "tool",
    "update_memory": "tool",
    "upsert_memory": "tool",
    "delete_memory": "tool",
    "create_memory_store": "tool",
    "delete_memory_store": "tool",
}
_STREAMED = ("gcp.vertex.agent", "opentelemetry.instrumentation.google_genai")
"""Scopes that tell every chunk of a streamed answer as a message: Google's Agent Development Kit, and the client below it."""

_INPUT, _OUTPUT, _SYSTEM = "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions"
_FIRST_TOKEN = "gen_ai.server.time_to_first_token"  # noqa: S105 -- the name of an attribute
_MAX_WAIT_MS = 1e12
_EVENT = "gen_ai.client.inference.operation.details"
_ARGUMENTS, _RESULT = "gen_ai.tool.call.arguments", "gen_ai.tool.call.result"
_REMEMBER, _MEMORIES = "gen_ai.memory.query.text", "gen_ai.memory.records"
_QUERY, _DOCUMENTS = "gen_ai.retrieval.query.text", "gen_ai.retrieval.documents"

_DETAILS = {
    "cache_read": (
        "gen_ai.usage.cache_read.input_tokens",
        "gen_ai.usage.cache_read_input_tokens",
        "gen_ai.usage.details.cache_read_tokens",
    ),
    "cache_write": (
        "gen_ai.usage.cache_write.input_tokens",
        "gen_ai.usage.cache_creation.input_tokens",
        "gen_ai.usage.cache_creation_input_tokens",
    ),
    "reasoning": (
        "gen_ai.usage.reasoning.output_tokens",
        "gen_ai.usage.reasoning_tokens",
        "gen_ai.usage.details.reasoning_tokens",
    ),
}


def applies(span: Span, heads: AbstractSet[str]) -> bool:  # noqa: ARG001 -- known by the heads
    """True for a span that carries any attribute of these conventions."""
    return "gen_ai" in heads


def read(span: Span) -> Partial:
    """What the conventions say about a span."""
    attributes = span.attributes
    partial = Partial(
        type=_type(attributes),
        provider=first_text(attributes, "gen_ai.provider.name", "gen_ai.system"),
        model=first_text(attributes, "gen_ai.response.model"),
        model_requested=first_text(attributes, "gen_ai.request.model"),
        response_id=first_text(attributes, "gen_ai.response.id"),
        usage=_usage(attributes),
        cost=decimal(attributes, "gen_ai.cost.total_cost", "gen_ai.usage.cost"),
        first_token_ms=_first_token_ms(attributes),
        thread_id=first_text(attributes, "session.id") or _conversation(attributes),
        user_id=first_text(attributes, "user.id", "gen_ai.user", "gen_ai.request.user", "enduser.id"),
        error_type=first_text(attributes, "error.type"),
    )
    _read_messages(partial, span)
    _read_tool(partial, attributes)
    _read_retrieval(partial, attributes)
    _read_memory(partial, attributes)
    return partial


def _conversation(attributes: Mapping[str, Any]) -> str | None:
    """The conversation; not where it is only the response that came before (Microsoft's framework): each would be another.

    Without one, the live session that turns of speech belong to.
    """
    named = first_text(attributes, "gen_ai.conversation.id", "gen_ai.live_session.id")
    return None if named and named.startswith("resp_") else named


def _first_token_ms(attributes: Mapping[str, Any]) -> float | None:
    """Seconds by the conventions; before them seconds as a fraction (OpenLIT), or whole milliseconds (Strands)."""
    waited = attributes.get(_FIRST_TOKEN)
    if type(waited) is int:
        return float(waited) if 0 <= waited < _MAX_WAIT_MS else None
    for key in ("gen_ai.response.time_to_first_chunk", "gen_ai.client.operation.time_to_first_chunk", _FIRST_TOKEN):
        if key in attributes:
            return seconds_as_ms(attributes, key)
    return None


def _type(attributes: Mapping[str, Any]) -> str | None:
    operation = first_text(attributes, "gen_ai.operation.name")
    if operation:
        return _TYPES.get(operation, "chain")
    if "gen_ai.tool.name" in attributes or "gen_ai.tool.call.id" in attributes:
        return "tool"
    speaks = _OUTPUT in attributes or any(key.startswith("gen_ai.usage.") for key in attributes)
    return "llm" if speaks and ("gen_ai.request.model" in attributes or "gen_ai.response.model" in attributes) else None


def _usage(attributes: Mapping[str, Any]) -> Usage | None:
    input_tokens = first_count(attributes, "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens")
    output_tokens = first_count(attributes, "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens")
    if input_tokens is None and output_tokens is None:
        return None
    total = first_count(attributes, "gen_ai.usage.total_tokens", "llm.usage.total_tokens")
    parts = {name: first_count(attributes, *keys) for name, keys in _DETAILS.items()}
    known = {name: count for name, count in parts.items() if count is not None}
    summed = (input_tokens or 0) + (output_tokens or 0)
    return Usage(input_tokens or 0, output_tokens or 0, summed if total is None else total, known)


def _read_messages(partial: Partial, span: Span) -> None:
    attributes = span.attributes
    asked, answered = parsed(attributes.get(_INPUT)), parsed(attributes.get(_OUTPUT))
    if asked is None and answered is None and span.events:
        _read_details(partial, span)
        return
    system = parsed(attributes.get(_SYSTEM))
    partial.input_messages = _with_system(messages.from_genai(asked), system)
    partial.output_messages = _spoken(answered, span.scope_name)
    if not is_absent(asked):
        partial.inputs = _as_sent(asked) if is_absent(system) else {"messages": asked, "system": system}
        partial.sources["inputs"] = (_INPUT,) if is_absent(system) else (_INPUT, _SYSTEM)
    if not is_absent(answered):
        partial.outputs = _as_sent(answered)
        partial.sources["outputs"] = (_OUTPUT,)


def _as_sent(content: Any) -> Any:
    """Messages as a document; what a decorated function took or gave (OpenLIT) is no message, and stays as it is."""
    return {"messages": content} if isinstance(content, list) else content


def _spoken(answered: Any, scope: str) -> list[messages.Message]:
    """Nothing where all messages are empty: their sender has written the answer elsewhere (LiteLLM)."""
    said = messages.from_genai(answered)
    if is_streamed(scope):
        said = messages.of_stream(said)
    return said if any(entry["parts"] for entry in said) else []


def is_streamed(scope: str) -> bool:
    """Whether an answer may come in chunks from this scope."""
    return scope.startswith(_STREAMED)


def _read_details(partial: Partial, span: Span) -> None:
    """The messages of an event, which holds the same attributes as the span might; Strands writes one for each side."""
    told: dict[str, Any] = {}
    for event in span.events:
        if event.name == _EVENT:
            told |= event.attributes
    if told:
        partial.input_messages = _with_system(messages.from_genai(parsed(told.get(_INPUT))), parsed(told.get(_SYSTEM)))
        partial.output_messages = _spoken(parsed(told.get(_OUTPUT)), span.scope_name)


def _with_system(entries: list[messages.Message], system: Any) -> list[messages.Message]:
    """The system prompt in front, unless the messages already hold one (some senders write it twice)."""
    if is_absent(system) or any(entry["role"] == "system" for entry in entries):
        return entries
    parts = system if isinstance(system, list) else [{"type": "text", "content": system}]
    return [*messages.from_genai([{"role": "system", "parts": parts}]), *entries]


def _read_tool(partial: Partial, attributes: Mapping[str, Any]) -> None:
    partial.tool_name = first_text(attributes, "gen_ai.tool.name")
    partial.tool_arguments = literal(attributes.get(_ARGUMENTS))
    partial.tool_result = without_blocks(unquoted(attributes.get(_RESULT)))
    if is_absent(partial.inputs) and not is_absent(partial.tool_arguments):
        partial.inputs, partial.sources["inputs"] = partial.tool_arguments, (_ARGUMENTS,)
    if is_absent(partial.outputs) and not is_absent(partial.tool_result):
        partial.outputs, partial.sources["outputs"] = partial.tool_result, (_RESULT,)


def _read_retrieval(partial: Partial, attributes: Mapping[str, Any]) -> None:
    found, query = parsed(attributes.get(_DOCUMENTS)), attributes.get(_QUERY)
    if isinstance(found, list) and found:
        partial.documents = documents.from_list(found)
        if is_absent(partial.outputs):
            partial.outputs, partial.sources["outputs"] = {"documents": found}, (_DOCUMENTS,)
    if is_absent(partial.inputs) and not is_absent(query):
        partial.inputs, partial.sources["inputs"] = query, (_QUERY,)


def _read_memory(partial: Partial, attributes: Mapping[str, Any]) -> None:
    """What is looked for in a memory and found; where nothing is looked for, what is to be remembered."""
    records, query = parsed(attributes.get(_MEMORIES)), attributes.get(_REMEMBER)
    is_search = attributes.get("gen_ai.operation.name") == "search_memory"
    if is_search and isinstance(records, list) and is_absent(partial.documents):
        partial.documents = documents.from_list(records)
    if not is_absent(records):
        side = "outputs" if is_search else "inputs"
        if is_absent(getattr(partial, side)):
            setattr(partial, side, {"records": records})
            partial.sources[side] = (_MEMORIES,)
    if is_absent(partial.inputs) and not is_absent(query):
        partial.inputs, partial.sources["inputs"] = query, (_REMEMBER,)
