"""What a provider's answer says about itself, where a run's output is that answer as it came."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from annotation.domain.ingest.values import as_text, parsed

_BODIES = frozenset({"choices", "output", "content", "candidates"})


@dataclass(frozen=True, slots=True)
class Answer:
    """The model that answered, the provider's id of the answer, and its usage as written."""

    model: str | None = None
    response_id: str | None = None
    usage: Any = None


def read(outputs: Any) -> Answer:
    """The answer of OpenAI, Anthropic or Gemini, or one that LangChain wrapped; empty for anything else."""
    if not isinstance(outputs, dict):
        return Answer()
    if "generations" in outputs:
        return _langchain(outputs)
    model = as_text(outputs.get("model") or outputs.get("model_version"))
    if model is None or _BODIES.isdisjoint(outputs):
        return Answer()
    identifier = outputs.get("id") or outputs.get("response_id")
    return Answer(model, identifier if isinstance(identifier, str) else None, _usage(outputs))


def _usage(outputs: Mapping[str, Any]) -> Any:
    return outputs.get("usage") or outputs.get("usage_metadata")


def _langchain(outputs: Mapping[str, Any]) -> Answer:
    """`{"generations": [[{"message": {…, "kwargs": {"response_metadata": {…}, "usage_metadata": {…}}}}]]}`."""
    generation = parsed(outputs["generations"])
    while isinstance(generation, list):
        generation = generation[0] if generation else None
    message = generation.get("message") if isinstance(generation, dict) else None
    if not isinstance(message, dict):
        return Answer()
    said = next((message[name] for name in ("kwargs", "data") if isinstance(message.get(name), dict)), message)
    told = said.get("response_metadata")
    told = told if isinstance(told, dict) else {}
    identifier = as_text(told.get("id"))
    return Answer(as_text(told.get("model_name") or told.get("model")), identifier, said.get("usage_metadata"))
