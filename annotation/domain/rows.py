"""Whole rows by conditions that never change: the statement is put together once, and prepared for each connection.

What the ORM takes to build a query, again for every request, is several times what PostgreSQL takes to answer it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, Generic, TypeVar, cast

import orjson
from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.base import ModelState

from annotation.domain import statements

Row = TypeVar("Row", bound=models.Model)


class Rows(Generic[Row]):
    """The rows of `model` for which `where` is true; in it the model's table is called `it`, and values stand as `%(name)s`.

    `related` are foreign keys to be read along, the further ones after the nearer ones ("queue", "queue__rubric"). `where`
    may go on with ORDER BY, LIMIT and FOR UPDATE. Always from the primary database, and also what the model's managers
    leave out.
    """

    def __init__(self, model: type[Row], where: str, *, related: Sequence[str] = ()) -> None:
        self._parts = list(_parts(model, related))
        columns = ", ".join(f'"{part.alias}"."{field.column}"' for part in self._parts for field in part.fields)
        self._statement = f"SELECT {columns} FROM {' '.join(part.table for part in self._parts)} WHERE {where}"  # noqa: S608 -- our own words

    def ask(self, values: Mapping[str, Any]) -> Callable[[], list[Row]]:
        """Send the statement; what is returned waits for the rows."""
        rows = statements.ask(self._statement, values)
        return lambda: [self._made(iter(row)) for row in rows()]

    def ask_first(self, **values: Any) -> Callable[[], Row | None]:
        """Send the statement; what is returned waits for the first row, None without one."""
        rows = self.ask(values)
        return lambda: next(iter(rows()), None)

    def first(self, **values: Any) -> Row | None:
        """The first row; None without one."""
        return self.ask_first(**values)()

    def _made(self, values: Iterator[Any]) -> Row:
        made = {part.alias: part.made(values) for part in self._parts}
        for part in self._parts[1:]:
            owner = made[part.owner]
            if owner is not None:
                setattr(owner, part.name, made[part.alias])
        return cast("Row", made["it"])


@dataclass(frozen=True, slots=True)
class _Part:
    """One table of the statement; `owner` is the alias of the row whose foreign key `name` leads to it."""

    alias: str
    model: type[models.Model]
    fields: Sequence[models.Field[Any, Any]]
    names: Sequence[str]
    converters: Sequence[tuple[str, models.Field[Any, Any], Callable[..., Any]]]
    table: str
    owner: str = ""
    name: str = ""

    def made(self, values: Iterator[Any]) -> models.Model | None:
        """The row of the next values; None where there was nothing to be joined."""
        read = dict(zip(self.names, islice(values, len(self.names)), strict=True))
        if read[self.names[0]] is None:
            return None
        for name, field, convert in self.converters:
            read[name] = convert(read[name], field.cached_col, connection)
        return stored(self.model, read)


def stored(model: type[Row], values: Mapping[str, Any]) -> Row:
    """The row of `model` that the database has with these values, by the names of their attributes; others are read when they
    are asked for.

    As `from_db` makes it, which takes several times as long: it assigns each value by the field's own descriptor and tells
    all who listen for new rows, whom there are none of.
    """
    made = model.__new__(model)
    made.__dict__.update(values)
    made._state = ModelState()  # noqa: SLF001 -- as the model's own initialiser does
    made._state.adding, made._state.db = False, DEFAULT_DB_ALIAS  # noqa: SLF001 -- as `from_db` does
    return made


def insertion(model: type[models.Model]) -> str:
    """The beginning of a statement that inserts rows of `model`, all of which travel as one JSON value (`%s`, a `document`),
    so that it is the same however many there are.
    """
    table = model._meta.db_table  # noqa: SLF001 -- the only way to a table's name
    columns = ", ".join(str(field.column) for field in _inserted(model))
    return f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb)"  # noqa: S608 -- our own names


def document(rows: Sequence[models.Model]) -> str:
    """Rows of one model for its `insertion`; values that the database would set by itself have to be set."""
    fields = _inserted(type(rows[0])) if rows else []
    values = [{str(field.column): getattr(row, field.attname) for field in fields} for row in rows]
    try:
        return orjson.dumps(values, default=str).decode()
    except orjson.JSONEncodeError:  # for numbers beyond 64 bits, and for the database to refuse what it does
        return json.dumps(values, default=str)


def insert(row: models.Model) -> None:
    """Store one new row; it gets its key."""
    ((row.pk,),) = statements.ask(_insertion_of_one(type(row)), [document([row])])()
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS  # noqa: SLF001 -- as Django does after an insert


@cache
def _insertion_of_one(model: type[models.Model]) -> str:
    return f"{insertion(model)} RETURNING id"


@cache
def _inserted(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    fields = model._meta.concrete_fields  # noqa: SLF001 -- the only way to a model's columns
    return [field for field in fields if not field.primary_key and not field.generated]


def _parts(model: type[models.Model], related: Sequence[str]) -> Iterator[_Part]:
    known = {"it": model}
    yield _part("it", model, "{} AS it")
    for path in related:
        nearer, _, name = path.rpartition("__")
        owner = nearer or "it"
        foreign = cast("models.ForeignKey[Any, Any]", known[owner]._meta.get_field(name))  # noqa: SLF001 -- the only way
        known[path] = foreign.related_model
        join = f'LEFT JOIN {{}} AS "{path}" ON "{path}".id = "{owner}"."{foreign.column}"'
        yield _part(path, foreign.related_model, join, owner=owner, name=name)


def _part(alias: str, model: type[models.Model], table: str, **place: str) -> _Part:
    meta = model._meta  # noqa: SLF001 -- the only way to a model's columns
    fields = sorted((one for one in meta.concrete_fields if not one.generated), key=lambda one: not one.primary_key)
    converters = [(one.attname, one, convert) for one in fields for convert in one.get_db_converters(connection)]
    return _Part(
        alias, model, fields, [field.attname for field in fields], converters, table.format(meta.db_table), **place
    )
