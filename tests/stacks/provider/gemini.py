"""The generateContent interface of Gemini, without streams."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.stacks.provider.chat import Answer
from tests.stacks.provider.turns import parameters, turn

MODEL = "gemini-2.5-flash"


def generate_content(body: Mapping[str, Any], number: int) -> Answer:
    """A response, or None for a refusal. Reasoning stands beside the output, not in it."""
    declared = [one for tool in body.get("tools") or [] for one in tool.get("functionDeclarations") or []]
    now = turn(list(_said(body)), {tool["name"]: parameters(tool) for tool in declared})
    if now is None:
        return None
    parts: list[dict[str, Any]] = [{"functionCall": {"name": name, "args": given}} for name, given in now.calls]
    content = {"role": "model", "parts": parts or [{"text": now.text}]}
    usage = {
        "promptTokenCount": now.usage.input,
        "cachedContentTokenCount": now.usage.cached,
        "candidatesTokenCount": now.usage.output - now.usage.reasoning,
        "thoughtsTokenCount": now.usage.reasoning,
        "totalTokenCount": now.usage.total,
    }
    candidate = {"content": content, "finishReason": "STOP", "index": 0}
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": MODEL, "responseId": f"gem-{number}"}


def _said(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for content in body["contents"]:
        for part in content["parts"]:
            if "functionResponse" in part:
                yield "tool", json.dumps(part["functionResponse"]["response"])
            elif "text" in part:
                yield "assistant" if content.get("role") == "model" else "user", part["text"]
