"""Queues as the SDKs send them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from annotation.api.langsmith import wire
from annotation.api.langsmith.errors import Invalid
from annotation.domain.queues.settings import QueueSettings
from annotation.models import Dataset, User

DEFAULT_MINUTES = 1
"""How long a reservation lasts there unless somebody says otherwise."""


def settings_in(
    sent: Mapping[str, Any], before: QueueSettings, *, datasets: QuerySet[Dataset], by: User
) -> QueueSettings:
    """The settings that are sent, on top of those before. Raises Invalid.

    A queue for assigned reviewers begins with who made it so, since somebody has to be able to review in it.
    """
    found: dict[str, Any] = {}
    if name := _text(sent, "name"):
        found["name"] = name
    if (instructions := _text(sent, "rubric_instructions")) is not None:
        found["instructions"] = instructions
    if (reviewers := sent.get("num_reviewers_per_item")) is not None:
        found["reviewers_per_item"] = wire.number(reviewers, "num_reviewers_per_item", least=1, most=10)
    if (minutes := sent.get("reservation_minutes")) is not None:
        found["reservation_minutes"] = wire.number(minutes, "reservation_minutes", least=1, most=1440)
    if mode := _text(sent, "reviewer_access_mode"):
        found |= _access(mode, before, by)
    if "default_dataset" in sent:
        found["target_dataset"] = _dataset(sent["default_dataset"], datasets)
    return replace(before, **found)


def described_in(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Description and metadata, as far as they are sent. Raises Invalid."""
    metadata = sent.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        raise Invalid("metadata has to be an object.")
    return {"description": _text(sent, "description"), "metadata": metadata}


def with_reviewers(before: QueueSettings, reviewers: tuple[User, ...]) -> QueueSettings:
    """The same settings with these reviewers."""
    return replace(before, reviewers=reviewers)


def _access(mode: str, before: QueueSettings, by: User) -> dict[str, Any]:
    if mode not in {"any", "assigned"}:
        raise Invalid("reviewer_access_mode has to be any or assigned.")
    if mode == "any":
        return {"is_open_to_all": True}
    return {"is_open_to_all": False, "reviewers": before.reviewers or (by,)}


def _dataset(named: Any, datasets: QuerySet[Dataset]) -> Dataset | None:
    if named is None:
        return None
    dataset = datasets.filter(uuid=wire.parsed_uuid(named, "default_dataset")).first()
    if dataset is None:
        raise Invalid("There is no dataset with the id default_dataset.")
    return dataset


def _text(sent: Mapping[str, Any], name: str) -> str | None:
    value = sent.get(name)
    if value is not None and not isinstance(value, str):
        raise Invalid(f"{name} has to be a text.")
    return value
