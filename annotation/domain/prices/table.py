"""The price table of a workspace: added to, changed, taken from. No two prices of one model hold on one day."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from annotation.domain import audit
from annotation.domain.prices import known
from annotation.domain.prices.pricing import MOST_STARS, canonical_provider
from annotation.models import ModelPrice, User, Workspace

ORDER = ("model", "-valid_from", "id")


class BadPriceError(ValueError):
    """The price contradicts itself or another one; `field` says where, the message what to do."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Terms:
    """What a price says: US dollars per million tokens, from `valid_from` up to, not including, `valid_to`."""

    model: str
    input: Decimal
    output: Decimal
    valid_from: date
    valid_to: date | None = None
    provider: str = ""
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None
    reasoning: Decimal | None = None

    @property
    def amounts(self) -> tuple[Decimal | None, ...]:
        """What it costs, without whom and when."""
        return self.input, self.output, self.cache_read, self.cache_write, self.reasoning


def terms_of(price: ModelPrice) -> Terms:
    """What a stored price says."""
    return Terms(**{field.name: getattr(price, field.name) for field in fields(Terms)})


def found(prices: QuerySet[ModelPrice], words: str) -> QuerySet[ModelPrice]:
    """Those whose model or provider contains the words."""
    return prices.filter(Q(model__icontains=words) | Q(provider__icontains=words)) if words else prices


def add(*, workspace: Workspace, terms: Terms, by: User | None, is_succeeding: bool = False) -> ModelPrice:
    """Add a price; with `is_succeeding`, the one that would hold on without an end ends where this one begins.

    Raises BadPriceError.
    """
    terms = checked(terms)
    with transaction.atomic():
        hold(workspace)
        if is_succeeding:
            _end_predecessor(workspace, terms, by)
        _refuse_overlap(workspace, terms)
        price = ModelPrice.objects.create(workspace=workspace, created_by=by, changed_at=Now(), **asdict(terms))
        audit.record("price.added", by=by, workspace=workspace, target=price, detail=told(terms))
    return price


def change(*, price: ModelPrice, terms: Terms, by: User | None) -> ModelPrice:
    """Change a price, or give it an end; costs computed before stay until they are computed anew. Raises BadPriceError."""
    terms = checked(terms)
    with transaction.atomic():
        hold(price.workspace)
        before = terms_of(ModelPrice.objects.get(pk=price.pk))
        if terms == before:
            return price
        _refuse_overlap(price.workspace, terms, but=price.pk)
        ModelPrice.objects.filter(pk=price.pk).update(changed_at=Now(), **asdict(terms))
        old, new = told(before), told(terms)
        detail = {name: new.get(name) for name in {**old, **new} if old.get(name) != new.get(name)}
        audit.record("price.changed", by=by, workspace=price.workspace, target=price, detail=detail)
    return ModelPrice.objects.get(pk=price.pk)


def delete(*, price: ModelPrice, by: User | None) -> None:
    """Take a price out of the table; costs computed with it stay until they are computed anew."""
    with transaction.atomic():
        hold(price.workspace)
        audit.record("price.deleted", by=by, workspace=price.workspace, target=price, detail=told(terms_of(price)))
        ModelPrice.objects.filter(pk=price.pk).delete()


def hold(workspace: Workspace) -> None:
    """To be called first by whoever changes prices: one at a time, so that none overlap and every change is noticed."""
    list(Workspace.objects.select_for_update(no_key=True).filter(pk=workspace.pk).values_list("pk"))
    transaction.on_commit(partial(known.forget, workspace.pk))


def checked(terms: Terms) -> Terms:
    """The terms in the form in which they are kept; BadPriceError if they cannot be."""
    model = terms.model.strip()
    if not model.strip("*"):
        raise BadPriceError("model", "Name a model; * stands for any characters, as in small-model-*.")
    if model.count("*") > MOST_STARS:
        raise BadPriceError("model", f"Use at most {MOST_STARS} stars.")
    if terms.valid_to is not None and terms.valid_to <= terms.valid_from:
        raise BadPriceError("valid_to", "The end must lie after the first day.")
    if any(amount is not None and amount < 0 for amount in terms.amounts):
        raise BadPriceError("input", "A price cannot be below zero.")
    return Terms(**asdict(terms) | {"model": model, "provider": canonical_provider(terms.provider)})


def told(terms: Terms) -> dict[str, Any]:
    """The terms as the audit log keeps them."""
    given = {name: value for name, value in asdict(terms).items() if value not in (None, "")}
    return {
        name: f"{value.normalize():f}" if isinstance(value, Decimal) else str(value) for name, value in given.items()
    }


def of_model(workspace: Workspace, terms: Terms) -> QuerySet[ModelPrice]:
    """All prices of the same model at the same provider."""
    return ModelPrice.objects.filter(workspace=workspace, model__iexact=terms.model, provider__iexact=terms.provider)


def _end_predecessor(workspace: Workspace, terms: Terms, by: User | None) -> None:
    open_one = of_model(workspace, terms).filter(valid_to=None, valid_from__lt=terms.valid_from).first()
    if open_one is None:
        return
    ModelPrice.objects.filter(pk=open_one.pk).update(valid_to=terms.valid_from, changed_at=Now())
    detail = {"valid_to": str(terms.valid_from)}
    audit.record("price.changed", by=by, workspace=workspace, target=open_one, detail=detail)


def _refuse_overlap(workspace: Workspace, terms: Terms, but: int | None = None) -> None:
    others = of_model(workspace, terms)
    if but is not None:
        others = others.exclude(pk=but)
    others = others.filter(Q(valid_to=None) | Q(valid_to__gt=terms.valid_from))
    if terms.valid_to:
        others = others.filter(valid_from__lt=terms.valid_to)
    if other := others.order_by("valid_from").first():
        until = f"to {other.valid_to:%d %b %Y}" if other.valid_to else "without an end"
        raise BadPriceError(
            "valid_from",
            f"Another price of this model holds from {other.valid_from:%d %b %Y} {until}: end that one first, or choose "
            "other days.",
        )
