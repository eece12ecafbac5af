"""SQL that Django has no words for: complements without NULL, elements of arrays, values inside JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, DecimalField, ExpressionWrapper, F, Func, Q, TextField, Value
from django.db.models.sql.compiler import SQLCompiler

Sql = tuple[str, tuple[str | int, ...]]


class Complement(Func):
    """Exactly the rows that a condition does not select, also those for which it is NULL."""

    template = "NOT COALESCE(%(expressions)s, FALSE)"
    output_field = BooleanField()


def complement(condition: Q) -> Q:
    """The rows that the condition does not select."""
    return Q(Complement(ExpressionWrapper(condition, output_field=BooleanField())))


class AnyElement(Func):
    """Whether an element of a text array contains a text, or matches a pattern."""

    output_field = BooleanField()
    CONTAINS = "strpos(lower(element), lower({needle})) > 0"
    MATCHES = "element ~ {needle}"
    MATCHES_CASE_BLIND = "element ~* {needle}"

    def __init__(self, array: F, needle: Value, *, test: str = CONTAINS) -> None:
        super().__init__(array, needle)
        self.test = test

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *_args: Any, **_context: Any) -> Sql:  # noqa: ARG002 -- as Django calls it
        """The test over the unnested array."""
        array, needle = self.get_source_expressions()
        array_sql, array_params = compiler.compile(array)
        needle_sql, needle_params = compiler.compile(needle)
        test = self.test.format(needle=needle_sql)
        sql = f"EXISTS (SELECT 1 FROM unnest({array_sql}) AS element WHERE {test})"  # noqa: S608 -- values are parameters
        return sql, (*array_params, *needle_params)


class PathText(Func):
    """The text of a value inside a JSON document, NULL when it is not there."""

    function = "jsonb_extract_path_text"
    output_field = TextField()


def json_text(column: str, path: Sequence[str]) -> Func:
    """The text of the value under a path of keys in a JSON column."""
    return PathText(F(column), *(Value(step) for step in path))


class RootText(Func):
    """The text of a JSON document that is one text, number or truth value; else the document as it is written."""

    template = "(%(expressions)s #>> '{}')"
    output_field = TextField()


class AsNumber(Func):
    """A text as a number, NULL when it is none.

    Not by the class of digits: in some locales it has those of every script, and no cast takes them.
    """

    template = r"(CASE WHEN %(expressions)s ~ '^-?[0-9]{1,30}(\.[0-9]{1,30})?$' THEN (%(expressions)s)::numeric END)"
    output_field = DecimalField()

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *_args: Any, **_context: Any) -> Sql:  # noqa: ARG002 -- as Django calls it
        """The template names its expression twice, so the parameters come twice."""
        sql, params = compiler.compile(self.get_source_expressions()[0])
        return self.template % {"expressions": sql}, (*params, *params)


class LastWordAsPrefix(SearchQuery):
    """A web search whose last word may go on: `saver ref` finds "saver refund"."""

    def __init__(self, words: str) -> None:
        super().__init__(words, config="simple", search_type="websearch")

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *args: Any, **context: Any) -> Sql:
        """The web search, its last word marked as a prefix."""
        sql, params = super().as_sql(compiler, connection, *args, **context)
        return f"(NULLIF({sql}::text, '') || ':*')::tsquery", params
