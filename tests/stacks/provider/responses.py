"""The responses interface of OpenAI."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from tests.stacks.provider.chat import Answer, event
from tests.stacks.provider.turns import MODEL_SUFFIX, Turn, parameters, plain, turn


def responses(body: Mapping[str, Any], number: int) -> Answer:
    """A response, its events where the request asks for a stream, or None for a refusal."""
    given = body["input"] if isinstance(body["input"], list) else [{"role": "user", "content": body["input"]}]
    tools = {tool["name"]: parameters(tool) for tool in body.get("tools") or []}
    now = turn([_said(item) for item in given], tools)
    if now is None:
        return None
    whole = _whole(body, now, number)
    return _events(whole) if body.get("stream") else whole


def _said(item: Mapping[str, Any]) -> tuple[str, str]:
    if item.get("type") == "function_call_output":
        return "tool", plain(item.get("output"))
    return item.get("role", ""), plain(item.get("content"))


def _output(now: Turn, number: int) -> list[dict[str, Any]]:
    if now.calls:
        return [
            {
                "type": "function_call", "id": f"fc_{number}_{at}", "call_id": f"call_{number}_{at}",
                "name": name, "arguments": json.dumps(given), "status": "completed",
            }
            for at, (name, given) in enumerate(now.calls)
        ]  # fmt: skip
    part = {"type": "output_text", "text": now.text, "annotations": [], "logprobs": []}
    return [{"type": "message", "id": f"msg_{number}", "role": "assistant", "status": "completed", "content": [part]}]


def _whole(body: Mapping[str, Any], now: Turn, number: int) -> dict[str, Any]:
    usage = {
        "input_tokens": now.usage.input,
        "input_tokens_details": {"cached_tokens": now.usage.cached},
        "output_tokens": now.usage.output,
        "output_tokens_details": {"reasoning_tokens": now.usage.reasoning},
        "total_tokens": now.usage.total,
    }
    return {
        "id": f"resp_{number:06d}", "object": "response", "created_at": 1780000000, "status": "completed",
        "error": None, "incomplete_details": None, "instructions": body.get("instructions"),
        "model": body["model"] + MODEL_SUFFIX, "output": _output(now, number), "parallel_tool_calls": True,
        "temperature": 1.0, "tool_choice": "auto", "tools": body.get("tools") or [], "top_p": 1.0,
        "metadata": {}, "text": {"format": {"type": "text"}}, "usage": usage,
    }  # fmt: skip


def _events(whole: dict[str, Any]) -> Iterator[str]:
    numbers = count()

    def say(kind: str, **data: Any) -> str:
        return event({"type": kind, "sequence_number": next(numbers), **data}, kind)

    yield say("response.created", response=whole | {"status": "in_progress", "output": [], "usage": None})
    for at, item in enumerate(whole["output"]):
        yield say("response.output_item.added", output_index=at, item=item | {"status": "in_progress"})
        place = {"output_index": at, "item_id": item["id"]}
        if item["type"] == "function_call":
            yield say("response.function_call_arguments.delta", **place, delta=item["arguments"])
            yield say("response.function_call_arguments.done", **place, arguments=item["arguments"], name=item["name"])
        else:
            text = item["content"][0]["text"]
            yield say("response.output_text.delta", **place, content_index=0, delta=text, logprobs=[])
            yield say("response.output_text.done", **place, content_index=0, text=text, logprobs=[])
        yield say("response.output_item.done", output_index=at, item=item)
    yield say("response.completed", response=whole)
