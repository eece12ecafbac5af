"""What the keys of feedback mean, as the workspace's configs say it."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from annotation.domain import statements
from annotation.domain.feedback import verdict
from annotation.models import FeedbackConfig


@dataclass(frozen=True, slots=True)
class KeyConfig:
    """What is said about one feedback key; `categories` are `[{"value", "label", "verdict", "score"}]`."""

    key: str
    kind: str
    minimum: float | None
    maximum: float | None
    good_from: float | None
    bad_below: float | None
    categories: Sequence[Any]


_CONFIGS = f"""
    SELECT key, kind, minimum, maximum, good_from, bad_below, categories
    FROM {FeedbackConfig._meta.db_table} WHERE workspace_id = %s
"""  # noqa: S608, SLF001 -- our own words, and the only way to a table's name


def configs_of(workspace_id: int) -> list[KeyConfig]:
    """What is said about the workspace's feedback keys."""
    return ask_configs(workspace_id)()


def ask_configs(workspace_id: int) -> Callable[[], list[KeyConfig]]:
    """The same in two steps."""
    rows = statements.ask(_CONFIGS, [workspace_id])
    return lambda: [KeyConfig(*(*said, json.loads(categories))) for *said, categories in rows()]


def of(configs: Iterable[KeyConfig]) -> dict[str, verdict.Meaning]:
    """What the keys mean, for a trace."""
    return {config.key: _meaning_of(config) for config in configs}


def _meaning_of(config: KeyConfig) -> verdict.Meaning:
    categories = {
        str(entry["value"]): entry.get("verdict")
        for entry in config.categories
        if isinstance(entry, dict) and "value" in entry
    }
    return verdict.Meaning(config.kind, config.good_from, config.bad_below, categories)
