"""Token counts as providers and frameworks write them down in one object."""

from collections.abc import Mapping
from typing import Any

from annotation.domain.ingest.dialects.attributes import first_count
from annotation.domain.ingest.records import Usage
from annotation.domain.ingest.values import parsed

_INPUT = ("input_tokens", "prompt_tokens", "inputTokens", "promptTokens", "input", "prompt_token_count",
          "promptTokenCount", "prompt_eval_count")  # fmt: skip
_OUTPUT = ("output_tokens", "completion_tokens", "outputTokens", "completionTokens", "output",
           "candidates_token_count", "candidatesTokenCount", "eval_count")  # fmt: skip
_TOTAL = ("total_tokens", "totalTokens", "total", "total_token_count", "totalTokenCount")

#: Parts of input and output: our name -> (where they may be nested, their spellings).
_PARTS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "cache_read": (
        ("prompt_tokens_details", "input_tokens_details", "input_token_details", "inputTokenDetails"),
        ("cached_tokens", "cache_read", "cache_read_input_tokens", "cacheReadInputTokens", "cachedInputTokens",
         "cache_read_tokens", "cacheReadTokens", "cached_content_token_count", "cachedContentTokenCount",
         "input_cached_tokens", "input_cache_read"),
    ),
    "cache_write": (
        ("prompt_tokens_details", "input_tokens_details", "input_token_details", "inputTokenDetails"),
        ("cache_write", "cache_creation", "cache_creation_input_tokens", "cache_write_tokens", "cacheWriteTokens",
         "cacheWriteInputTokens", "input_cache_creation"),
    ),
    "reasoning": (
        ("completion_tokens_details", "output_tokens_details", "output_token_details", "outputTokenDetails"),
        ("reasoning_tokens", "reasoning", "reasoningTokens", "thoughts_token_count", "thoughtsTokenCount",
         "output_reasoning_tokens", "output_reasoning"),
    ),
}  # fmt: skip

#: Anthropic's own spelling, beside which the input is what was neither read from the cache nor written to it.
_ANTHROPIC = frozenset({"cache_read_input_tokens", "cache_creation_input_tokens"})


def from_object(found: Any) -> Usage | None:
    """The usage in an object of OpenAI, Anthropic, Gemini, Bedrock, LangChain or Langfuse; None without a count.

    Cached tokens are part of the input in most of them. Where a stated total, or Anthropic's spelling without one, shows
    that they were not counted in, they are added, so that the parts always are parts.
    """
    found = parsed(found)
    if not isinstance(found, dict):
        return None
    asked, answered, total = (first_count(found, *keys) for keys in (_INPUT, _OUTPUT, _TOTAL))
    if asked is None and answered is None and total is None:
        return None
    details = {name: count for name in _PARTS if (count := _part(found, name)) is not None}
    asked, answered = asked or 0, answered or 0
    if total is not None and asked + answered < total:
        asked, answered = _with_parts(asked, answered, total, details)
    elif total is None and "input_tokens" in found and not _ANTHROPIC.isdisjoint(found):
        asked += details.get("cache_read", 0) + details.get("cache_write", 0)
    return Usage(asked, answered, asked + answered if total is None else total, details)


def _part(found: Mapping[str, Any], name: str) -> int | None:
    nests, keys = _PARTS[name]
    for nest in nests:
        nested = parsed(found.get(nest))
        if isinstance(nested, dict) and (count := first_count(nested, *keys)) is not None:
            return count
    return first_count(found, *keys)


def _with_parts(asked: int, answered: int, total: int, details: Mapping[str, int]) -> tuple[int, int]:
    """Input and output with those parts counted in that make up the total; unchanged if none do."""
    cached = details.get("cache_read", 0) + details.get("cache_write", 0)
    reasoned = details.get("reasoning", 0)
    for more_asked, more_answered in ((cached, 0), (0, reasoned), (cached, reasoned)):
        if asked + more_asked + answered + more_answered == total:
            return asked + more_asked, answered + more_answered
    return asked, answered
