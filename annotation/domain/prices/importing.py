"""A file of prices into the table: what is new is added, what has changed succeeds the price before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date

from django.db import transaction
from django.db.models.functions import Now

from annotation.domain import audit
from annotation.domain.prices import files, table
from annotation.domain.prices.files import Problem, Row
from annotation.domain.prices.pricing import canonical_provider
from annotation.domain.prices.table import BadPriceError, Terms
from annotation.models import ModelPrice, User, Workspace

_Key = tuple[str, str]


@dataclass(slots=True)
class Outcome:
    """How many prices were added (of which some ended another), how many stood there already, and what was refused."""

    added_count: int = 0
    ended_count: int = 0
    present_count: int = 0
    skipped_count: int = 0
    problems: list[Problem] = field(default_factory=list)


def bring_in(
    *, workspace: Workspace, content: bytes, valid_from: date, by: User | None, is_any_provider: bool = False
) -> Outcome:
    """Import a file; rows without days of their own hold from `valid_from`. Raises UnreadablePricesError.

    `is_any_provider` leaves the file's providers out: a price then holds whoever serves the model.
    """
    read = files.read(content)
    outcome = Outcome(skipped_count=read.skipped_count, problems=list(read.problems))
    with transaction.atomic():
        table.hold(workspace)
        _Import(workspace, valid_from, by, outcome, is_any_provider=is_any_provider).take(read.rows)
        detail = {"added": outcome.added_count, "ended": outcome.ended_count, "refused": len(outcome.problems)}
        audit.record("price.imported", by=by, workspace=workspace, target=workspace, detail=detail)
    return outcome


class _Import:
    def __init__(
        self, workspace: Workspace, valid_from: date, by: User | None, outcome: Outcome, *, is_any_provider: bool
    ) -> None:
        self._workspace, self._valid_from, self._by = workspace, valid_from, by
        self._is_any_provider, self._outcome = is_any_provider, outcome
        self._known: dict[_Key, list[ModelPrice]] = defaultdict(list)
        for price in ModelPrice.objects.filter(workspace=workspace):
            self._known[_key(price.provider, price.model)].append(price)
        self._new: list[ModelPrice] = []
        self._ended: dict[int, ModelPrice] = {}

    def take(self, rows: Sequence[Row]) -> None:
        """Store what is new, in two statements."""
        for row in rows:
            try:
                self._take(self._terms(row))
            except BadPriceError as problem:
                self._outcome.problems.append(Problem(row.place, str(problem)))
        ModelPrice.objects.bulk_update(self._ended.values(), ["valid_to", "changed_at"], batch_size=500)
        ModelPrice.objects.bulk_create(self._new, batch_size=500)
        self._outcome.added_count, self._outcome.ended_count = len(self._new), len(self._ended)

    def _terms(self, row: Row) -> Terms:
        return table.checked(
            Terms(
                model=row.model,
                provider="" if self._is_any_provider else canonical_provider(row.provider),
                valid_from=row.valid_from or self._valid_from,
                valid_to=row.valid_to,
                **row.amounts,
            )
        )

    def _take(self, terms: Terms) -> None:
        others = self._known[_key(terms.provider, terms.model)]
        holding = next((price for price in others if _overlaps(price, terms)), None)
        if holding is not None and table.terms_of(holding).amounts == terms.amounts:
            self._outcome.present_count += 1
            return
        if holding is not None:
            self._end(holding, terms)
        price = ModelPrice(workspace=self._workspace, created_by=self._by, changed_at=Now(), **asdict(terms))
        others.append(price)
        self._new.append(price)

    def _end(self, holding: ModelPrice, terms: Terms) -> None:
        """The price so far ends where the new one begins; one that has its own end, or begins later, stands in the way."""
        if holding.pk is None:
            raise BadPriceError("model", "stands in the file twice, with different prices: the first was taken")
        if holding.valid_to is not None or holding.valid_from >= terms.valid_from:
            raise BadPriceError(
                "valid_from", f"another price holds from {holding.valid_from:%d %b %Y}: change that one"
            )
        holding.valid_to, holding.changed_at = terms.valid_from, Now()
        self._ended[holding.pk] = holding


def _key(provider: str, model: str) -> _Key:
    return provider.lower(), model.lower()


def _overlaps(price: ModelPrice, terms: Terms) -> bool:
    begins_before = terms.valid_to is None or price.valid_from < terms.valid_to
    return begins_before and (price.valid_to is None or price.valid_to > terms.valid_from)
