"""Keeps a filter from holding the database: patterns are tried before use, statements end after a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from django.conf import settings
from django.db import DataError, OperationalError, connection, connections, transaction
from psycopg.errors import InvalidRegularExpression, QueryCanceled

from annotation.domain import replica
from annotation.domain.traces.filters import FilterError
from annotation.domain.traces.filters.tree import And, Condition, Node, Not, Or, Pattern, Related


class FilterTooSlow(FilterError):
    """The statement was ended because it ran longer than it may."""


def check_patterns(tree: Node) -> None:
    """Raises FilterError, pointing at the pattern, when PostgreSQL cannot read one of the tree's patterns."""
    for pattern in _patterns(tree):
        if problem := _problem(pattern.source):
            raise FilterError(
                f"This pattern is invalid: {problem}.",
                span=pattern.span,
                hint="It is a regular expression as PostgreSQL reads it; put a backslash before ( ) [ ] . * + ?",
            )


def _patterns(node: Node) -> Iterator[Pattern]:
    match node:
        case And(parts) | Or(parts) | Related(conditions=parts):
            for part in parts:
                yield from _patterns(part)
        case Not(part):
            yield from _patterns(part)
        case Condition(values=values):
            yield from (value for value in values if isinstance(value, Pattern))


@lru_cache(maxsize=1000)
def _problem(source: str) -> str:
    """What PostgreSQL says about a pattern, an empty text when it can read it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT '' ~ %s", [source])
    except DataError as error:
        if not isinstance(error.__cause__, InvalidRegularExpression):
            raise
        message = error.__cause__.diag.message_primary or "it cannot be read"
        return message.removeprefix("invalid regular expression: ")
    return ""


@contextmanager
def bounded(*, milliseconds: int | None = None) -> Iterator[None]:
    """Ends every statement inside after the time a filter may take; raises FilterTooSlow then.

    What was written inside is undone in that case, nothing else of the surrounding transaction is.
    """
    limit = settings.FILTER_TIMEOUT_MILLISECONDS if milliseconds is None else milliseconds
    is_inner = connections[replica.alias()].in_atomic_block
    try:
        with transaction.atomic(using=replica.alias()):
            before = _set_timeout(f"{limit}ms")
            yield
            if is_inner:  # else it ends with the transaction
                _set_timeout(before)
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        raise FilterTooSlow(
            f"This filter takes longer than {limit / 1000:g} s on these traces.",
            hint="Narrow it, for example with `time > -24h`, or look for words instead of a pattern.",
        ) from error


def _set_timeout(timeout: str) -> str:
    """Sets the timeout for the rest of the transaction and returns what it was."""
    with connections[replica.alias()].cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('statement_timeout'), set_config('statement_timeout', %s, TRUE)", [timeout]
        )
        before: str = cursor.fetchone()[0]
    return before
