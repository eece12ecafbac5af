"""OpenInference (attributes `openinference.*`, `llm.*`, `input.value`, `output.value` and more).

Source: `Arize-ai/openinference`, `spec/semantic_conventions.md`. Lists come as numbered attributes, JSON as text.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from annotation.domain.ingest import messages, parts
from annotation.domain.ingest.dialects import indexed
from annotation.domain.ingest.dialects.attributes import decimal, first_count, first_text, first_value
from annotation.domain.ingest.dialects.partial import Partial, is_absent
from annotation.domain.ingest.records import Usage
from annotation.domain.ingest.spans import Span
from annotation.domain.ingest.values import as_text, parsed

NAME = "openinference"

_KIND = "openinference.span.kind"
_TYPES = {
    kind.upper(): kind
    for kind in ("llm", "chain", "tool", "agent", "retriever", "embedding", "reranker", "guardrail", "evaluator")
} | {"PROMPT": "prompt"}

_INPUT, _OUTPUT = "input.value", "output.value"
_LLAMA_INDEX = "openinference.instrumentation.llama_index"
_AGENT_STARTS = ('"init_state"', '"AgentWorkflowStartEvent(')
_FIRST_TOKEN = "First Token Stream Event"  # noqa: S105 -- the name of an event
_DETAILS = {
    "cache_read": "llm.token_count.prompt_details.cache_read",
    "cache_write": "llm.token_count.prompt_details.cache_write",
    "reasoning": "llm.token_count.completion_details.reasoning",
    "input_audio": "llm.token_count.prompt_details.audio",
    "output_audio": "llm.token_count.completion_details.audio",
}
_SCHEMA_WORDS = frozenset({"type", "properties", "$schema"})


def applies(span: Span, heads: AbstractSet[str]) -> bool:
    """True for a span that names its OpenInference kind, which the specification requires of every span."""
    return "openinference" in heads and _KIND in span.attributes


def read(span: Span) -> Partial:
    """What OpenInference says about a span."""
    attributes = span.attributes
    partial = Partial(
        type=_type(span),
        provider=first_text(attributes, "llm.provider", "llm.system"),
        usage=_usage(attributes),
        cost=decimal(attributes, "llm.cost.total"),
        thread_id=first_text(attributes, "session.id"),
        user_id=first_text(attributes, "user.id", "enduser.id"),
        error_type=first_text(attributes, "error.type"),
        tags=_tags(attributes.get("tag.tags")),
        first_token_ms=_first_token_ms(span),
    )
    _read_values(partial, attributes)
    _read_model(partial, attributes)
    if partial.type != "tool":
        _read_messages(partial, attributes)
    _read_metadata(partial, attributes)
    _read_tool(partial, attributes)
    _read_documents(partial, attributes)
    return partial


def _type(span: Span) -> str:
    """The kind a span names, except where LlamaIndex's instrumentation names that of the object, not of what it did."""
    kind = _TYPES.get(str(span.attributes.get(_KIND)).upper(), "chain")
    if span.scope_name != _LLAMA_INDEX:
        return kind
    if kind == "llm" and "._" in span.name:  # a method that prepares the call, which has a span of its own
        return "chain"
    given = str(span.attributes.get(_INPUT))
    return "agent" if kind == "chain" and all(words in given for words in _AGENT_STARTS) else kind


def _read_values(partial: Partial, attributes: Mapping[str, Any]) -> None:
    """Input and output; the mime type beside them is not believed, since it is often missing or wrong."""
    for field, key in (("inputs", _INPUT), ("outputs", _OUTPUT)):
        value = parsed(attributes.get(key))
        if not is_absent(value):
            setattr(partial, field, value)
            partial.sources[field] = (key,)
    if partial.inputs is None and "crew_tasks" in attributes:  # CrewAI: a crew is given its inputs and its tasks
        partial.inputs, partial.sources["inputs"] = first_value(attributes, "crew_inputs", "crew_tasks")
    if "task_key" in attributes:
        _read_task(partial, attributes)


def _read_task(partial: Partial, attributes: Mapping[str, Any]) -> None:
    """CrewAI gives an agent's own description as its input; the task it was given is told beside it or with the result."""
    told = partial.outputs.get("description") if isinstance(partial.outputs, dict) else None
    task = first_text(attributes, "formatted_description") or as_text(told)
    if task:
        partial.inputs, partial.sources["inputs"] = task, ()


def _read_model(partial: Partial, attributes: Mapping[str, Any]) -> None:
    parameters = parsed(attributes.get("llm.invocation_parameters", attributes.get("embedding.invocation_parameters")))
    partial.model = first_text(attributes, "llm.response.model_name", "llm.model_name", "embedding.model_name",
                               "reranker.model_name")  # fmt: skip
    requested = first_text(attributes, "llm.request.model_name")
    partial.model_requested = requested or _model_of(parameters) or _model_of(partial.inputs)


def _model_of(document: Any) -> str | None:
    return as_text(document.get("model") or document.get("model_name")) if isinstance(document, dict) else None


def _usage(attributes: Mapping[str, Any]) -> Usage | None:
    prompt = first_count(attributes, "llm.token_count.prompt")
    completion = first_count(attributes, "llm.token_count.completion")
    total = first_count(attributes, "llm.token_count.total")
    if prompt is None and completion is None and total is None:
        return None
    details = {name: count for name, key in _DETAILS.items() if (count := first_count(attributes, key)) is not None}
    summed = (prompt or 0) + (completion or 0)
    return Usage(prompt or 0, completion or 0, summed if total is None else total, details)


def _tags(value: Any) -> list[str]:
    value = parsed(value)
    return [str(tag) for tag in value if as_text(tag)] if isinstance(value, list) else []


def _first_token_ms(span: Span) -> float | None:
    times = [event.time_ns for event in span.events if event.name == _FIRST_TOKEN and event.time_ns >= span.start_ns]
    return (min(times) - span.start_ns) / 1e6 if times else None


def _read_messages(partial: Partial, attributes: Mapping[str, Any]) -> None:
    for field, name in (("input_messages", "llm.input_messages."), ("output_messages", "llm.output_messages.")):
        entries, keys = indexed.entries(attributes, name)
        if entries:
            setattr(partial, field, [_message(entry) for entry in entries])
            partial.sources[field] = [key for key in keys if _is_taken(key)]
    if not partial.input_messages and not partial.output_messages:
        _read_completions(partial, attributes)


def _read_completions(partial: Partial, attributes: Mapping[str, Any]) -> None:
    """Prompts and choices of plain text completions."""
    for field, name, role, rest in (
        ("input_messages", "llm.prompts.", "user", "prompt.text"),
        ("output_messages", "llm.choices.", "assistant", "completion.text"),
    ):
        entries, keys = indexed.entries(attributes, name)
        texts = [entry[rest] for entry in entries if rest in entry]
        if texts and is_absent(getattr(partial, field)):
            setattr(partial, field, [messages.message(role, [parts.text_part(text)]) for text in texts])
            partial.sources[field] = [key for key in keys if key.endswith(rest)]


_TAKEN = (
    ".message.role",
    ".message.content",
    ".message.name",
    ".message.tool_call_id",
    ".message.finish_reason",
    ".message_content.type",
    ".message_content.text",
    ".message_content.image.image.url",
    ".tool_call.id",
    ".tool_call.function.name",
    ".tool_call.function.arguments",
)


#: A message with no more than these has neither parts nor calls to look for.
_PLAIN = frozenset({"message.role", "message.content", "message.name", "message.tool_call_id", "message.finish_reason"})


def _is_taken(key: str) -> bool:
    return key.endswith(_TAKEN)


def _message(entry: Mapping[str, Any]) -> messages.Message:
    role, content = entry.get("message.role"), entry.get("message.content")
    name, call = entry.get("message.name"), entry.get("message.tool_call_id")
    is_plain = entry.keys() <= _PLAIN
    contents, _ = ([], []) if is_plain else indexed.entries(entry, "message.contents.")
    calls, _ = ([], []) if is_plain else indexed.entries(entry, "message.tool_calls.")
    said = [_content(part) for part in contents if not (calls and part.get("message_content.type") == "tool_use")]
    if not is_absent(content) and content != _joined(said):
        said.insert(0, parts.text_part(content))
    if role in ("tool", "function") or (call and not calls):
        return messages.message("tool", [parts.result_part(call, _result(said), name)])
    said += [_call(part) for part in calls]
    return messages.message(role, said, name=name, finish_reason=entry.get("message.finish_reason"))


def _result(said: list[parts.Part]) -> Any:
    return _joined(said) if all(part["type"] == "text" for part in said) else said


def _joined(said: list[parts.Part]) -> str:
    return "\n".join(part["text"] for part in said if "text" in part)


def _content(part: Mapping[str, Any]) -> parts.Part:
    kind = part.get("message_content.type")
    url = part.get("message_content.image.image.url")
    if url:
        return {"type": "image", "url": url}
    if kind in ("text", None, "reasoning"):
        return parts.text_part(part.get("message_content.text", ""), "reasoning" if kind == "reasoning" else "text")
    return {"type": kind} | {key.removeprefix("message_content."): value for key, value in part.items()}


def _call(part: Mapping[str, Any]) -> parts.Part:
    function = "tool_call.function."
    return parts.call_part(part.get("tool_call.id"), part.get(f"{function}name"), part.get(f"{function}arguments"))


def _read_metadata(partial: Partial, attributes: Mapping[str, Any]) -> None:
    metadata = parsed(attributes.get("metadata"))
    if isinstance(metadata, dict):
        partial.metadata = metadata
        partial.sources["metadata"] = ("metadata",)


def _read_tool(partial: Partial, attributes: Mapping[str, Any]) -> None:
    if partial.type != "tool":
        return
    partial.tool_name = first_text(attributes, "tool.name")
    parameters = parsed(attributes.get("tool.parameters"))
    is_arguments = isinstance(parameters, dict) and not _SCHEMA_WORDS & parameters.keys()
    if is_absent(partial.inputs) and is_arguments:
        partial.tool_arguments = parameters


def _read_documents(partial: Partial, attributes: Mapping[str, Any]) -> None:
    if partial.type in ("llm", "tool", "agent"):
        return
    for name in ("retrieval.documents.", "reranker.output_documents."):
        entries, keys = indexed.entries(attributes, name)
        if entries:
            partial.documents = [_document(entry) for entry in entries]
            partial.sources["documents"] = keys
            return


def _document(entry: Mapping[str, Any]) -> dict[str, Any]:
    metadata = parsed(entry.get("document.metadata"))
    known = ("document.id", "document.content", "document.score", "document.metadata")
    rest = {key.removeprefix("document."): value for key, value in entry.items() if key not in known}
    return {
        "id": entry.get("document.id"),
        "content": entry.get("document.content"),
        "score": entry.get("document.score"),
        "metadata": rest | (metadata if isinstance(metadata, dict) else {"metadata": metadata} if metadata else {}),
    }
