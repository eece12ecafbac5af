"""What feedback keys mean: the configs of a workspace, made and changed by its admins.

With every change the verdicts that stand on the key are derived anew, as a job.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from pydantic import BaseModel, ConfigDict, TypeAdapter

from annotation.domain import audit
from annotation.domain.feedback import rederiving
from annotation.models import FeedbackConfig, User, Workspace

BUILT_IN = frozenset({"thumbs", "label", "layer", "first_failing_step", "step_thumb", "correction", "note"})
"""Keys whose meaning is the product's own."""


class BadConfigError(ValueError):
    """The config contradicts itself or another one; `field` says where, the message what to do."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Category(BaseModel):
    """One value that a key may take; `verdict` is what it makes of a trace, if anything, `score` its number, if any."""

    model_config = ConfigDict(frozen=True)

    value: str
    label: str = ""
    verdict: Literal["good", "bad"] | None = None
    score: float | None = None

    def document(self) -> dict[str, Any]:
        """The JSON that a config keeps."""
        return self.model_dump(exclude={"score"} if self.score is None else None)


_CATEGORIES: TypeAdapter[list[Category]] = TypeAdapter(list[Category])


def categories_of(config: FeedbackConfig) -> list[Category]:
    """The typed reader of the column `categories`."""
    return _CATEGORIES.validate_python(config.categories)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What may be changed of a config. Numbers: bounds, where good begins and where bad ends; else categories.

    `allows_several`: a reviewer may choose several categories. `is_lower_better` only colours comparisons.
    """

    description: str = ""
    minimum: float | None = None
    maximum: float | None = None
    good_from: float | None = None
    bad_below: float | None = None
    categories: tuple[Category, ...] = ()
    allows_several: bool = False
    is_lower_better: bool | None = None


def meaning_of(config: FeedbackConfig) -> Meaning:
    """What the config says now."""
    columns = {name: getattr(config, name) for name in Meaning.__dataclass_fields__}
    return Meaning(**{**columns, "categories": tuple(categories_of(config))})


def create(*, workspace: Workspace, key: str, kind: str, meaning: Meaning, by: User | None) -> FeedbackConfig:
    """Say what a key means. Raises BadConfigError."""
    if key in BUILT_IN:
        raise BadConfigError("key", f"{key} has a meaning already: choose another key.")
    _check(kind, meaning)
    try:
        with transaction.atomic():
            config = FeedbackConfig.objects.create(workspace=workspace, key=key, kind=kind, **_columns(meaning))
            audit.record("feedback_config.created", by=by, workspace=workspace, target=config, detail={"kind": kind})
            rederiving.ask(workspace=workspace, key=key, by=by)
    except IntegrityError as problem:
        raise BadConfigError("key", f"The key {key} has a config already: change that one.") from problem
    return config


def ensure_number(*, workspace: Workspace, key: str, good_from: float, by: User | None) -> None:
    """Give a key a meaning if it has none yet: a number that is good from there on, and bad below."""
    if key in BUILT_IN or FeedbackConfig.objects.filter(workspace=workspace, key=key).exists():
        return
    meaning = Meaning(good_from=good_from, bad_below=good_from)
    create(workspace=workspace, key=key, kind=FeedbackConfig.Kind.NUMBER, meaning=meaning, by=by)


def change(*, config: FeedbackConfig, meaning: Meaning, by: User) -> None:
    """Change what a key means; its name and kind stay, since feedback has been given in them. Raises BadConfigError.

    A category keeps its number unless it is given another.
    """
    _check(config.kind, meaning)
    columns = _columns(_with_numbers(meaning, config))
    detail = {name: value for name, value in columns.items() if getattr(config, name) != value}
    if not detail:
        return
    with transaction.atomic():
        FeedbackConfig.objects.filter(pk=config.pk).update(**columns, modified_at=Now())
        audit.record("feedback_config.changed", by=by, workspace=config.workspace, target=config, detail=detail)
        rederiving.ask(workspace=config.workspace, key=config.key, by=by)


def delete(*, config: FeedbackConfig, by: User) -> None:
    """Forget what a key means; feedback given under it stays."""
    with transaction.atomic():
        audit.record("feedback_config.deleted", by=by, workspace=config.workspace, target=config)
        FeedbackConfig.objects.filter(pk=config.pk).delete()
        rederiving.ask(workspace=config.workspace, key=config.key, by=by)


def _with_numbers(meaning: Meaning, config: FeedbackConfig) -> Meaning:
    known = {one.value: one.score for one in categories_of(config)}
    kept = [
        one if one.score is not None else one.model_copy(update={"score": known.get(one.value)})
        for one in meaning.categories
    ]
    return replace(meaning, categories=tuple(kept))


def _columns(meaning: Meaning) -> dict[str, Any]:
    return {**asdict(meaning), "categories": [one.document() for one in meaning.categories]}


def _check(kind: str, meaning: Meaning) -> None:
    if kind == FeedbackConfig.Kind.CATEGORIES:
        _check_categories(meaning.categories)
    low, high = meaning.minimum, meaning.maximum
    if low is not None and high is not None and low >= high:
        raise BadConfigError("maximum", "The largest value must lie above the smallest.")
    if None not in {meaning.good_from, meaning.bad_below} and float(meaning.bad_below or 0) > float(
        meaning.good_from or 0
    ):
        raise BadConfigError("bad_below", "Bad must end where good begins, or below.")


def _check_categories(categories: Sequence[Category]) -> None:
    values = [category.value for category in categories]
    if not values:
        raise BadConfigError("categories", "Name at least one category.")
    if len(set(values)) < len(values):
        raise BadConfigError("categories", "A category stands here twice.")
