"""The AI SDK of Vercel, versions 3 to 6 (attributes `ai.*`). Version 7 speaks OpenTelemetry GenAI.

Source: `vercel/ai`, `packages/ai/src/telemetry` and the functions that record spans. An outer span (`ai.generateText`)
holds the whole call, inner ones (`….doGenerate`, `….doStream`, `….doEmbed`) the requests to the model. Versions 3 and 4
say `ai.result.*`, `finishReason` and `args` where later ones say `ai.response.*` and `input`.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from annotation.domain.ingest import conversations, messages, parts
from annotation.domain.ingest.dialects import usage
from annotation.domain.ingest.dialects.attributes import below, decoded, first_text, first_value, texts, unquoted
from annotation.domain.ingest.dialects.partial import Partial, is_absent
from annotation.domain.ingest.spans import Span
from annotation.domain.ingest.values import dumped, parsed

NAME = "vercel-ai-sdk"

_METADATA = "ai.telemetry.metadata."
_THREAD, _USER = ("sessionId", "threadId", "conversationId", "session_id", "chatId"), ("userId", "user_id")
_ENDINGS = {"doGenerate": "llm", "doStream": "llm", "doEmbed": "embedding", "doRerank": "reranker"}
_WHOLE = {"ai.toolCall": "tool", "ai.embed": "embedding", "ai.embedMany": "embedding", "ai.rerank": "reranker"}


def applies(span: Span, heads: AbstractSet[str]) -> bool:
    """True for a span that names its operation, or a tool call of the SDK's."""
    return "ai" in heads and ("ai.operationId" in span.attributes or "ai.toolCall.name" in span.attributes)


def read(span: Span) -> Partial:
    """What the SDK says about a span."""
    attributes = span.attributes
    metadata = below(attributes, _METADATA)
    partial = Partial(
        type=_type(attributes),
        provider=first_text(attributes, "gen_ai.system", "ai.model.provider"),
        model=first_text(attributes, "ai.response.model"),
        model_requested=first_text(attributes, "ai.model.id"),
        response_id=first_text(attributes, "ai.response.id"),
        usage=_usage(attributes),
        first_token_ms=_first_token_ms(attributes),
        thread_id=first_text(metadata, *_THREAD),
        user_id=first_text(metadata, *_USER),
        tags=texts(metadata.get("tags")),
    )
    _read_metadata(partial, metadata, attributes, span)
    if partial.type == "tool":
        _read_tool(partial, attributes)
    elif partial.type == "embedding":
        _read_embedding(partial, attributes)
    else:
        _read_messages(partial, attributes)
    return partial


def _type(attributes: Mapping[str, Any]) -> str:
    operation = str(attributes.get("ai.operationId", "ai.toolCall"))
    return _WHOLE.get(operation) or _ENDINGS.get(operation.rpartition(".")[2], "chain")


def _usage(attributes: Mapping[str, Any]) -> Any:
    found = below(attributes, "ai.usage.")
    if "tokens" in found:
        found.setdefault("inputTokens", found["tokens"])
    return usage.from_object(found)


def _first_token_ms(attributes: Mapping[str, Any]) -> float | None:
    value = attributes.get("ai.response.msToFirstChunk", attributes.get("ai.stream.msToFirstChunk"))
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value < 1e12 else None


def _read_metadata(partial: Partial, metadata: Mapping[str, Any], attributes: Mapping[str, Any], span: Span) -> None:
    known = (*_THREAD, *_USER, "tags")
    partial.metadata = {key: value for key, value in metadata.items() if key not in known}
    partial.sources["metadata"] = [_METADATA + key for key in partial.metadata]
    function = first_text(attributes, "ai.telemetry.functionId")
    if function and span.parent_id is None:
        partial.metadata.setdefault("trace_name", function)


def _read_tool(partial: Partial, attributes: Mapping[str, Any]) -> None:
    partial.tool_name = first_text(attributes, "ai.toolCall.name")
    for field, result, keys in (
        ("inputs", "tool_arguments", ("ai.toolCall.args", "ai.toolCall.input")),
        ("outputs", "tool_result", ("ai.toolCall.result", "ai.toolCall.output")),
    ):
        value, partial.sources[field] = first_value(attributes, *keys)
        setattr(partial, field, unquoted(value))
        setattr(partial, result, unquoted(value))


def _read_embedding(partial: Partial, attributes: Mapping[str, Any]) -> None:
    value, partial.sources["inputs"] = first_value(attributes, "ai.value", "ai.values")
    partial.inputs = [decoded(entry) for entry in value] if isinstance(value, list) else unquoted(value)


def _read_messages(partial: Partial, attributes: Mapping[str, Any]) -> None:
    asked, keys = first_value(attributes, "ai.prompt.messages", "ai.prompt")
    if not is_absent(asked):
        partial.inputs = {"messages": asked} if keys == ("ai.prompt.messages",) else asked
        partial.input_messages = conversations.asked(partial.inputs)
        partial.sources["inputs"] = keys
    for prefix in ("ai.response.", "ai.result.", "ai."):
        found = {name: attributes[prefix + name] for name in _ANSWERS if not is_absent(attributes.get(prefix + name))}
        if found:
            _read_answer(partial, {name: parsed(value) for name, value in found.items()}, attributes)
            partial.sources["outputs"] = [prefix + name for name in found]
            return


_ANSWERS = ("reasoning", "text", "object", "toolCalls", "files")


def _read_answer(partial: Partial, answer: dict[str, Any], attributes: Mapping[str, Any]) -> None:
    partial.outputs = answer
    said = [parts.text_part(answer["reasoning"], "reasoning")] if "reasoning" in answer else []
    said += [parts.text_part(answer["text"])] if "text" in answer else []
    said += [parts.text_part(_as_text(answer["object"]))] if "object" in answer else []
    calls = answer.get("toolCalls")
    said += (
        [parts.from_provider({"type": "tool-call", **call}) for call in calls if isinstance(call, dict)]
        if isinstance(calls, list)
        else []
    )
    ended = first_text(attributes, "ai.response.finishReason", "ai.finishReason")
    partial.output_messages = [messages.message("assistant", said, finish_reason=ended)]


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else dumped(value)
