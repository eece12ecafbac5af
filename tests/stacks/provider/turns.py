"""What the stand-in says: it plays a weather agent with fixed figures, so that a test knows what has to arrive."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WEATHER = {"Paris": "18C and sunny", "Tokyo": "24C and raining", "Rome": "30C and clear"}
MODEL_SUFFIX = "-2026-01-15"
"""The provider names the dated model that answered, as real ones do."""

REFUSAL = "The prompt was refused."


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call; cached are part of input, reasoning of output."""

    input: int
    output: int
    cached: int = 8
    reasoning: int = 5

    @property
    def total(self) -> int:
        """Both."""
        return self.input + self.output


CALLING, ANSWERING = Usage(41, 17), Usage(73, 19)


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that the model says: `calls` of tools (name, arguments), else `text`."""

    calls: Sequence[tuple[str, dict[str, Any]]]
    text: str
    usage: Usage


def turn(said: Sequence[tuple[str, str]], tools: Mapping[str, Sequence[str]], *, as_json: bool = False) -> Turn | None:
    """The next turn after `said` (pairs of role and text) with `tools` (names with their parameters); None refuses."""
    said = [("tool" if text.startswith("Observation") else role, text) for role, text in said]  # smolagents
    question = next((text for role, text in reversed(said) if role == "user"), "")
    results = [text for role, text in said if role == "tool"]
    if "fail" in question:
        return None
    cities = _cities(question or " ".join(results))
    if not results and (weather := next((name for name in tools if "weather" in name), None)):
        return Turn([(weather, {"city": city}) for city in cities], "", CALLING)
    answer = " ".join(f"It is {WEATHER[city]} in {city}." for city in cities)
    closing = next((name for name in tools if "final" in name), None)
    if closing:
        return Turn([(closing, dict.fromkeys(tools[closing], answer))], "", ANSWERING)
    return Turn([], json.dumps({"answer": answer}) if as_json else answer, ANSWERING)


def _cities(said: str) -> list[str]:
    """Where the provider keeps the conversation, only results come back: then those tell the cities."""
    return [city for city, weather in WEATHER.items() if city in said or weather in said] or ["Paris"]


def plain(content: Any) -> str:
    """The text of a message's content, whatever it is wrapped in."""
    if not isinstance(content, list):
        return str(content or "")
    return " ".join(str(part.get("text") or part.get("content") or "") for part in content)


def parameters(tool: Mapping[str, Any]) -> list[str]:
    """Names of a tool's parameters."""
    return list((tool.get("parameters") or {}).get("properties") or {})
