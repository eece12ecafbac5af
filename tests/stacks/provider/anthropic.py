"""The messages interface of Anthropic."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.stacks.provider.chat import Answer, event
from tests.stacks.provider.turns import Turn, parameters, plain, turn


def messages(body: Mapping[str, Any], number: int) -> Answer:
    """A message, its events where a stream is asked for, None for a refusal. Cached tokens stand beside the input, not in it."""
    tools = {tool["name"]: parameters({"parameters": tool["input_schema"]}) for tool in body.get("tools") or []}
    now = turn(list(_said(body)), tools)
    if now is None:
        return None
    usage = {
        "input_tokens": now.usage.input - now.usage.cached,
        "cache_read_input_tokens": now.usage.cached,
        "cache_creation_input_tokens": 0,
        "output_tokens": now.usage.output,
    }
    whole = {
        "id": f"msg_{number:06d}", "type": "message", "role": "assistant", "model": body["model"],
        "content": _content(now, number), "stop_reason": "tool_use" if now.calls else "end_turn",
        "stop_sequence": None, "usage": usage,
    }  # fmt: skip
    return _events(whole) if body.get("stream") else whole


def _events(whole: dict[str, Any]) -> Iterator[str]:
    begun = whole | {"content": [], "stop_reason": None, "usage": whole["usage"] | {"output_tokens": 1}}
    yield _event("message_start", message=begun)
    for at, block in enumerate(whole["content"]):
        is_text = block["type"] == "text"
        empty: dict[str, Any] = {"text": ""} if is_text else {"input": {}}
        yield _event("content_block_start", index=at, content_block=block | empty)
        delta = {"type": "text_delta", "text": block["text"]} if is_text else {
            "type": "input_json_delta", "partial_json": json.dumps(block["input"])
        }  # fmt: skip
        yield _event("content_block_delta", index=at, delta=delta)
        yield _event("content_block_stop", index=at)
    ended = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
    yield _event("message_delta", delta=ended, usage=whole["usage"])
    yield _event("message_stop")


def _event(kind: str, **data: Any) -> str:
    return event({"type": kind, **data}, kind)


def _said(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for message in body["messages"]:
        blocks = message["content"] if isinstance(message["content"], list) else [{"text": message["content"]}]
        for block in blocks:
            role = "tool" if block.get("type") == "tool_result" else message["role"]
            yield role, block.get("text") or plain(block.get("content"))


def _content(now: Turn, number: int) -> list[dict[str, Any]]:
    calls = [
        {"type": "tool_use", "id": f"toolu_{number}_{at}", "name": name, "input": given}
        for at, (name, given) in enumerate(now.calls)
    ]
    return calls or [{"type": "text", "text": now.text}]
