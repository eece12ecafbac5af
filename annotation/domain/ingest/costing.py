"""Costs of runs whose senders named none: from the workspace's prices, by the day on which a run began."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from uuid import UUID

from annotation.domain.ingest.records import RunRecord
from annotation.domain.prices import known, pricing
from annotation.domain.prices.pricing import PriceList

_NANOSECONDS_A_DAY = 86_400_000_000_000
_FIELDS = tuple(field.name for field in fields(RunRecord))
_FIRST_DAY = date(1970, 1, 1).toordinal()


def priced(runs: Sequence[RunRecord], *, workspace_id: int) -> Sequence[RunRecord]:
    """The runs, with a computed cost where tokens were counted and no cost was sent. A sent cost is never touched."""
    if not any(_lacks_cost(run) for run in runs):
        return runs
    prices = known.of(workspace_id)
    return [_priced(run, prices) if _lacks_cost(run) else run for run in runs] if prices else runs


def _lacks_cost(run: RunRecord) -> bool:
    return run.usage is not None and run.cost is None and bool(run.model or run.model_requested)


def _priced(run: RunRecord, prices: PriceList) -> RunRecord:
    day = date.fromordinal(_FIRST_DAY + run.started_ns // _NANOSECONDS_A_DAY)
    price = prices.price_for(provider=run.provider, models=(run.model, run.model_requested), day=day)
    if price is None or run.usage is None:
        return run
    usage = run.usage
    amount = pricing.cost(price, input_tokens=usage.input, output_tokens=usage.output, details=usage.details)
    return _with_cost(run, amount, price.id)


def _with_cost(run: RunRecord, amount: Decimal, price: UUID) -> RunRecord:
    """A copy with a cost; `dataclasses.replace` would take five times as long, for every model call that arrives."""
    copied = object.__new__(RunRecord)
    for name in _FIELDS:
        object.__setattr__(copied, name, getattr(run, name))
    object.__setattr__(copied, "cost", amount)
    object.__setattr__(copied, "price_id", price)
    return copied
