"""The chat completions interface of OpenAI, and its embeddings."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Iterator, Mapping
from typing import Any

from tests.stacks.provider.turns import MODEL_SUFFIX, Turn, Usage, parameters, plain, turn

Answer = dict[str, Any] | Iterator[str] | None


def chat(body: Mapping[str, Any], number: int) -> Answer:
    """A completion, its chunks where the request asks for a stream, or None for a refusal."""
    said = [(message["role"], plain(message.get("content"))) for message in body["messages"]]
    tools = {tool["function"]["name"]: parameters(tool["function"]) for tool in body.get("tools") or []}
    now = turn(said, tools)
    if now is None:
        return None
    head = {"id": f"chatcmpl-{number:06d}", "created": 1780000000, "model": body["model"] + MODEL_SUFFIX}
    if body.get("stream"):
        with_usage = bool((body.get("stream_options") or {}).get("include_usage"))
        return _chunks(head, now, number, with_usage=with_usage)
    message = {"role": "assistant", "content": now.text or None, "refusal": None}
    calls = {"tool_calls": _calls(now, number)} if now.calls else {}
    choice = {"index": 0, "message": message | calls, "finish_reason": _finish(now), "logprobs": None}
    return {**head, "object": "chat.completion", "choices": [choice], "usage": _usage(now.usage)}


def _finish(now: Turn) -> str:
    return "tool_calls" if now.calls else "stop"


def _calls(now: Turn, number: int) -> list[dict[str, Any]]:
    return [
        {"id": f"call_{number}_{at}", "type": "function", "function": {"name": name, "arguments": json.dumps(given)}}
        for at, (name, given) in enumerate(now.calls)
    ]


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.total,
        "prompt_tokens_details": {"cached_tokens": usage.cached, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning, "audio_tokens": 0},
    }


def _chunks(head: dict[str, Any], now: Turn, number: int, *, with_usage: bool) -> Iterator[str]:
    head = head | {"object": "chat.completion.chunk"}
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += [{"tool_calls": [{"index": at, **call}]} for at, call in enumerate(_calls(now, number))]
    deltas += [{"content": f"{word} "} for word in now.text.split(" ")[:-1]]
    deltas += [{"content": now.text.split(" ")[-1]}] if now.text else []
    for delta in deltas:
        yield event({**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
    yield event({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": _finish(now)}]})
    if with_usage:
        yield event({**head, "choices": [], "usage": _usage(now.usage)})
    yield "data: [DONE]\n\n"


def event(data: Mapping[str, Any], kind: str | None = None) -> str:
    """One server-sent event."""
    return (f"event: {kind}\n" if kind else "") + f"data: {json.dumps(data)}\n\n"


def embeddings(body: Mapping[str, Any], _number: int) -> Answer:
    """Three numbers for each text."""
    texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
    vector: Any = [0.1, 0.2, 0.3]
    if body.get("encoding_format") == "base64":
        vector = base64.b64encode(struct.pack("<3f", *vector)).decode()
    data = [{"object": "embedding", "index": at, "embedding": vector} for at in range(len(texts))]
    usage = {"prompt_tokens": 6, "total_tokens": 6}
    return {"object": "list", "model": body["model"], "data": data, "usage": usage}
