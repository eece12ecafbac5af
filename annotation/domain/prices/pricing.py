"""Which price holds for a model call, and what the call costs by it. Pure.

Tokens are counted as in the OpenTelemetry GenAI conventions: cached tokens are part of the input, reasoning tokens part
of the output (https://opentelemetry.io/docs/specs/semconv/gen-ai/).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

MILLION = Decimal(1_000_000)
MOST_STARS = 4
"""How many `*` a model's pattern may hold."""
_DIGITS = Decimal("1e-10")
_MOST = Decimal("9999999999.9999999999")
_MOST_REMEMBERED = 10_000

#: What one provider is called, in the price lists and SDKs around -> the well-known value of `gen_ai.provider.name`.
_SAME_PROVIDER = {
    "azure": "azure.ai.openai",
    "azure_openai": "azure.ai.openai",
    "az.ai.openai": "azure.ai.openai",
    "az.ai.inference": "azure.ai.inference",
    "azure_ai": "azure.ai.inference",
    "bedrock": "aws.bedrock",
    "bedrock_converse": "aws.bedrock",
    "amazon_bedrock": "aws.bedrock",
    "aws_bedrock": "aws.bedrock",
    "gemini": "gcp.gemini",
    "google": "gcp.gemini",
    "google_genai": "gcp.gemini",
    "vertex_ai": "gcp.vertex_ai",
    "google_vertexai": "gcp.vertex_ai",
    "mistral": "mistral_ai",
    "mistralai": "mistral_ai",
    "xai": "x_ai",
    "watsonx": "ibm.watsonx.ai",
}


def canonical_provider(name: str | None) -> str:
    """A provider's name in the form in which prices are kept and compared; empty for none."""
    lowered = (name or "").strip().lower()
    if lowered.startswith("vertex_ai-"):
        return "gcp.vertex_ai"
    return _SAME_PROVIDER.get(lowered, lowered)


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens of models that fit `model`, from `valid_from` up to, not including, `valid_to`.

    None for cached or reasoning tokens: they cost what input and output cost.
    """

    id: UUID
    provider: str
    model: str
    input: Decimal
    output: Decimal
    valid_from: date
    valid_to: date | None = None
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None
    reasoning: Decimal | None = None

    def holds(self, provider: str, day: date) -> bool:
        """Whether it holds on this day at this provider (as `canonical_provider` names it)."""
        return (
            self.provider in ("", provider)
            and self.valid_from <= day
            and (self.valid_to is None or day < self.valid_to)
        )

    @property
    def rank(self) -> tuple[bool, int, bool, date]:
        """The larger, the closer it fits: no pattern, then more characters, then its own provider, then the newest."""
        return "*" not in self.model, len(self.model.replace("*", "")), bool(self.provider), self.valid_from


def cost(price: Price, *, input_tokens: int, output_tokens: int, details: Mapping[str, int]) -> Decimal:
    """What a call costs in US dollars, to ten digits, as many as a column of costs takes.

    `details` may hold `cache_read`, `cache_write` (parts of the input) and `reasoning` (part of the output).
    """
    if not details:
        return _amount(input_tokens * price.input + output_tokens * price.output)
    read = _part(details, "cache_read", input_tokens)
    written = _part(details, "cache_write", input_tokens - read)
    thought = _part(details, "reasoning", output_tokens)
    total = (
        (input_tokens - read - written) * price.input
        + read * _own(price.cache_read, price.input)
        + written * _own(price.cache_write, price.input)
        + (output_tokens - thought) * price.output
        + thought * _own(price.reasoning, price.output)
    )
    return _amount(total)


def _amount(millionths: Decimal) -> Decimal:
    return min(millionths / MILLION, _MOST).quantize(_DIGITS)


def _part(details: Mapping[str, int], name: str, whole: int) -> int:
    """A part of a count; never more than the whole, whatever the sender said."""
    count = details.get(name)
    return max(0, min(count, whole)) if isinstance(count, int) else 0


def _own(own: Decimal | None, otherwise: Decimal) -> Decimal:
    return otherwise if own is None else own


class PriceList:
    """All prices of a workspace, asked many times."""

    def __init__(self, prices: Iterable[Price]) -> None:
        self._exact: dict[str, list[Price]] = {}
        self._patterns: list[tuple[re.Pattern[str], Price]] = []
        for price in prices:
            if "*" in price.model:
                self._patterns.append((pattern(price.model), price))
            else:
                self._exact.setdefault(price.model.lower(), []).append(price)
        self._found: dict[tuple[str | None, tuple[str | None, ...], date], Price | None] = {}

    def __bool__(self) -> bool:
        return bool(self._exact or self._patterns)

    def price_for(self, *, provider: str | None, models: Sequence[str | None], day: date) -> Price | None:
        """The price of a call on a UTC day, by the first of the model's names (best first) that has one."""
        asked = (provider, tuple(models), day)
        if asked not in self._found:
            if len(self._found) >= _MOST_REMEMBERED:
                self._found.clear()
            self._found[asked] = self._search(canonical_provider(provider), models, day)
        return self._found[asked]

    def _search(self, provider: str, models: Sequence[str | None], day: date) -> Price | None:
        for name in models:
            holding = [price for price in self._fitting(name) if price.holds(provider, day)] if name else []
            if holding:
                return max(holding, key=lambda price: price.rank)
        return None

    def _fitting(self, name: str) -> list[Price]:
        lowered = name.lower()
        return self._exact.get(lowered, []) + [price for fits, price in self._patterns if fits.fullmatch(lowered)]


def pattern(model: str) -> re.Pattern[str]:
    """A model's name with `*` for any characters, whatever the case."""
    return re.compile(".*".join(re.escape(part) for part in model.lower().split("*")), re.DOTALL)
