"""The row behind an API key with all that it takes to know its caller, in one statement: every request asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from django.db import models

from annotation.domain import rows, statements
from annotation.models import ApiKey, Membership, Project, User, Workspace

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key with its workspace, project and maker, and the role that the maker has now, if any."""

    key: ApiKey
    role: str | None


def _columns(model: type[models.Model]) -> list[str]:
    """What travels as it is and does not hurt when it is known; the rest is read when somebody wants it.

    Times take longer to read than all the rest, and only those of a key decide anything.
    """
    fields = model._meta.concrete_fields  # noqa: SLF001 -- the only way to a model's columns
    later = models.JSONField if model is ApiKey else (models.JSONField, models.DateTimeField)
    return [field.attname for field in fields if field.attname != "password" and not isinstance(field, later)]


_MODELS: dict[str, type[models.Model]] = {"key": ApiKey, "workspace": Workspace, "project": Project, "maker": User}
_COLUMNS = {alias: _columns(model) for alias, model in _MODELS.items()}
_ALL: list[type[models.Model]] = [*_MODELS.values(), Membership]
_TABLES = {model: model._meta.db_table for model in _ALL}  # noqa: SLF001 -- likewise
_BY_HASH = f"""
    SELECT {", ".join(f"{alias}.{column}" for alias, columns in _COLUMNS.items() for column in columns)}, membership.role
    FROM {_TABLES[ApiKey]} AS key
    JOIN {_TABLES[Workspace]} AS workspace ON workspace.id = key.workspace_id
    LEFT JOIN {_TABLES[Project]} AS project ON project.id = key.project_id
    LEFT JOIN {_TABLES[User]} AS maker ON maker.id = key.created_by_id
    LEFT JOIN {_TABLES[Membership]} AS membership
        ON membership.workspace_id = key.workspace_id AND membership.user_id = maker.id AND maker.is_active
    WHERE key.token_hash = %s
"""  # noqa: S608 -- our own names


def by_hash(token_hash: str) -> KnownKey | None:
    """The key with this hash of its token, whatever state it is in."""
    found = statements.ask(_BY_HASH, [token_hash])()
    if not found:
        return None
    values = iter(found[0])
    key, workspace = _made(ApiKey, "key", values), _made(Workspace, "workspace", values)
    project, maker = _made(Project, "project", values), _made(User, "maker", values)
    for name, related in (("workspace", workspace), ("project", project), ("created_by", maker)):
        ApiKey._meta.get_field(name).set_cached_value(key, related if related.pk else None)  # type: ignore[union-attr]  # noqa: SLF001
    return KnownKey(key, next(values))


def _made(model: type[Row], alias: str, values: Any) -> Row:
    names = _COLUMNS[alias]
    return rows.stored(model, dict(zip(names, islice(values, len(names)), strict=True)))
