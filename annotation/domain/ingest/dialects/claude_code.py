"""Claude Code and the Claude Agent SDK, which runs it (`span.type` and attributes without a prefix).

Source: the documentation of Claude Code, page "Monitoring", and what version 2.1 sends. Spans: an interaction, the requests
to the model in it, tools and what a tool waits for. `input_tokens` are those that were not cached. A request and the use of a
tool have an id by which its logs speak of them. What was said stands on spans only in its detailed form
(`ENABLE_BETA_TRACING_DETAILED`): `new_context`, `response.model_output`.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from annotation.domain.ingest.dialects.attributes import as_amount, first_count, first_text, first_value, unquoted
from annotation.domain.ingest.dialects.partial import Partial
from annotation.domain.ingest.records import Usage
from annotation.domain.ingest.spans import Span
from annotation.domain.ingest.values import parsed

NAME = "claude-code"

_SCOPE = "com.anthropic.claude_code"
_TYPES = {"interaction": "agent", "llm_request": "llm", "tool": "tool"}
_ARGUMENTS = ("tool_input", "tool_parameters", "input")
#: Attributes that are each one argument of a tool, where the whole input is not sent.
_SINGLE = {"full_command": "command", "file_path": "file_path", "pattern": "pattern", "url": "url", "query": "query",
           "skill_name": "skill", "subagent_type": "subagent_type"}  # fmt: skip
#: What the event with a tool's output repeats of its input, where the input is not told otherwise.
_REPEATED = {"bash_command": "command", "file_path": "file_path"}
HIDDEN = "<REDACTED>"
"""What Claude Code writes for what it is told to keep back."""


def applies(span: Span, heads: AbstractSet[str]) -> bool:
    """True for a span of its scope that says what it is."""
    return "span" in heads and "span.type" in span.attributes and span.scope_name.startswith(_SCOPE)


def read(span: Span) -> Partial:
    """What Claude Code says about a span."""
    attributes = span.attributes
    kind = _TYPES.get(str(attributes.get("span.type")), "chain")
    partial = Partial(
        type=kind,
        error_message=first_text(attributes, "error", "error_message"),
        failed=str(attributes.get("success")).lower() == "false" or None,
    )
    if kind == "llm":
        _read_call(partial, attributes)
    elif kind == "tool":
        _read_tool(partial, span)
    else:
        partial.inputs, partial.sources["inputs"] = first_value(attributes, "user_prompt", "prompt")
        partial.outputs, partial.sources["outputs"] = first_value(attributes, "response", "assistant_response")
    return _without_hidden(partial)


def _without_hidden(partial: Partial) -> Partial:
    if partial.inputs == HIDDEN:
        partial.inputs, partial.sources["inputs"] = None, ()
    if partial.outputs == HIDDEN:
        partial.outputs, partial.sources["outputs"] = None, ()
    return partial


def _read_call(partial: Partial, attributes: Mapping[str, Any]) -> None:
    partial.provider = "anthropic"
    partial.model = first_text(attributes, "model")
    partial.model_requested = first_text(attributes, "model")
    partial.response_id = first_text(attributes, "response_id", "message_id", "request_id")
    partial.usage = _usage(attributes)
    partial.cost = as_amount(attributes.get("cost_usd"))
    waited = as_amount(attributes.get("ttft_ms"))
    partial.first_token_ms = float(waited) if waited is not None else None
    partial.inputs, partial.sources["inputs"] = first_value(attributes, "request", "prompt", "new_context")
    partial.outputs, partial.sources["outputs"] = first_value(
        attributes, "response", "response_text", "response.model_output"
    )


def _usage(attributes: Mapping[str, Any]) -> Usage | None:
    fresh, output = first_count(attributes, "input_tokens"), first_count(attributes, "output_tokens")
    if fresh is None and output is None:
        return None
    parts = {
        "cache_read": first_count(attributes, "cache_read_tokens", "cache_read_input_tokens"),
        "cache_write": first_count(attributes, "cache_creation_tokens", "cache_creation_input_tokens"),
    }
    details = {name: count for name, count in parts.items() if count is not None}
    asked = (fresh or 0) + sum(details.values())
    return Usage(asked, output or 0, asked + (output or 0), details)


def _read_tool(partial: Partial, span: Span) -> None:
    attributes = span.attributes
    partial.tool_name = tool_name(attributes)
    partial.response_id = first_text(attributes, "tool_use_id")
    output = next((event.attributes for event in span.events if event.name == "tool.output"), {})
    partial.inputs, partial.sources["inputs"] = first_value(attributes, *_ARGUMENTS)
    if partial.inputs is None:
        partial.inputs = _single(attributes, _SINGLE) or _single(output, _REPEATED) or None
    partial.outputs, partial.sources["outputs"] = first_value(attributes, "tool_output", "result")
    if partial.outputs is None:
        told = {key: parsed(value) for key, value in output.items() if key not in _SIZES}
        result = {key: value for key, value in told.items() if key not in _REPEATED} or told
        partial.outputs = unquoted(next(iter(result.values()))) if len(result) == 1 else result or None


def _single(attributes: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {name: attributes[key] for key, name in names.items() if attributes.get(key)}


def tool_name(attributes: Mapping[str, Any]) -> str | None:
    """The name by which the model calls a tool; logs call those of MCP servers alike, and tell server and tool beside."""
    name = first_text(attributes, "tool_name")
    place = parsed(attributes.get("tool_parameters")) if name == "mcp_tool" else None
    if not isinstance(place, dict) or not {"mcp_server_name", "mcp_tool_name"} <= place.keys():
        return name
    return f"mcp__{place['mcp_server_name']}__{place['mcp_tool_name']}"


_SIZES = ("output_size", "truncated", "original_length")
