"""What a key means, between this protocol's words and ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from annotation.api.langsmith.errors import Invalid
from annotation.domain.access import Actor, Capability
from annotation.domain.feedback import configs
from annotation.domain.feedback.configs import Category, Meaning
from annotation.models import FeedbackConfig

Kind = FeedbackConfig.Kind
KINDS: dict[str, str] = {"continuous": Kind.NUMBER, "categorical": Kind.CATEGORIES, "freeform": Kind.TEXT}
LEAST_CATEGORIES = 2


def kind_of(sent: Mapping[str, Any]) -> str:
    """Our kind. Raises Invalid."""
    found = KINDS.get(str(sent.get("type")))
    if found is None:
        raise Invalid(f"feedback_config.type has to be one of: {', '.join(KINDS)}.")
    return found


def meaning_of(sent: Mapping[str, Any], before: Meaning) -> Meaning:
    """The meaning that a feedback_config says, on top of what it has no words for. Raises Invalid."""
    verdicts = {one.value: one.verdict for one in before.categories}
    kind = kind_of(sent)
    found = categories_of(sent.get("categories")) if kind == Kind.CATEGORIES else ()
    kept = [one.model_copy(update={"verdict": verdicts.get(one.value)}) for one in found]
    return replace(
        before,
        minimum=_number(sent, "min") if kind == Kind.NUMBER else None,
        maximum=_number(sent, "max") if kind == Kind.NUMBER else None,
        categories=tuple(kept),
        allows_several=bool(sent.get("allows_multiple_categories")),
    )


def categories_of(sent: Any) -> tuple[Category, ...]:
    """Their categories `{"value": 1, "label": "good"}` as ours, named by the label. Raises Invalid."""
    if not isinstance(sent, list) or not all(isinstance(one, dict) for one in sent):
        raise Invalid("feedback_config.categories has to be a list of objects with value and label.")
    return tuple(_category(one) for one in sent)


def with_categories(before: Meaning, added: Any, removed: Any) -> Meaning:
    """Some categories more or less. Raises Invalid."""
    found = [*before.categories, *(categories_of(added) if added else ())]
    if len({one.value for one in found}) < len(found) or len({one.score for one in found}) < len(found):
        raise Invalid("A category of this value or label is there already.")
    gone = _numbers(removed)
    if unknown := gone - {one.score for one in found}:
        raise Invalid(f"There is no category with the value {min(unknown):g}.")
    left = tuple(one for one in found if one.score not in gone)
    if len(left) < LEAST_CATEGORIES:
        raise Invalid(f"At least {LEAST_CATEGORIES} categories have to remain.")
    return replace(before, categories=left)


def written(config: FeedbackConfig) -> dict[str, Any]:
    """A config as the SDKs read it; every config of ours holds for the whole workspace, one for each key."""
    return {
        "id": config.uuid,
        "feedback_key": config.key,
        "feedback_config": _written(config),
        "tenant_id": config.workspace.uuid,
        "modified_at": config.modified_at,
        "is_lower_score_better": config.is_lower_better,
        "is_enforced": False,
        "is_first": True,
        "is_deleted": False,
    }


def ensure(actor: Actor, key: str, sent: Mapping[str, Any] | None) -> None:
    """Give a key the meaning that came with its first feedback, if the caller may say what keys mean. Raises Invalid."""
    if not sent or not actor.may(Capability.ADMINISTER) or key in configs.BUILT_IN:
        return
    if FeedbackConfig.objects.filter(workspace=actor.workspace, key=key).exists():
        return
    try:
        configs.create(
            workspace=actor.workspace, key=key, kind=kind_of(sent), meaning=meaning_of(sent, Meaning()), by=actor.person
        )
    except configs.BadConfigError as problem:
        if problem.field != "key":  # somebody else gave it one at the same moment
            raise Invalid(f"feedback_config: {problem}") from problem


def _written(config: FeedbackConfig) -> dict[str, Any]:
    if config.kind == Kind.THUMBS:
        thumbs: Sequence[tuple[float, str]] = ((1, "up"), (0, "down"))
        return {"type": "categorical", "categories": [{"value": value, "label": label} for value, label in thumbs]}
    said: dict[str, Any] = {"type": next(type_ for type_, kind in KINDS.items() if kind == config.kind)}
    if config.kind == Kind.NUMBER:
        return said | {"min": config.minimum, "max": config.maximum, "categories": None}
    if config.kind == Kind.CATEGORIES:
        listed = [
            {"value": float(number) if one.score is None else one.score, "label": one.value}
            for number, one in enumerate(configs.categories_of(config))
        ]
        said |= {"min": None, "max": None, "categories": listed}
        said["allows_multiple_categories"] = config.allows_several
    return said


def _category(sent: Mapping[str, Any]) -> Category:
    value, label = _number(sent, "value"), sent.get("label")
    if value is None:
        raise Invalid("A category has to have a number as its value.")
    if label is not None and not isinstance(label, str):
        raise Invalid("The label of a category has to be a text.")
    return Category(value=label or f"{value:g}", score=value)


def _number(sent: Mapping[str, Any], name: str) -> float | None:
    value = sent.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e300:
        raise Invalid(f"{name} has to be a number.")
    return float(value)


def _numbers(sent: Any) -> set[float]:
    if sent is None:
        return set()
    if not isinstance(sent, list) or not all(isinstance(one, int | float) for one in sent):
        raise Invalid("remove_categories has to be a list of numbers.")
    return {float(one) for one in sent}
