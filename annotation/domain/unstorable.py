"""What the database says to a value that it can never keep, told apart from what it says when it is away."""

from django.db import DatabaseError, DataError
from psycopg.errors import ProgramLimitExceeded, StatementTooComplex

WORDS = "a value in it cannot be stored: shorten or leave out what is very large or deeply nested"


def is_refusal(error: BaseException | None) -> bool:
    """Whether the database refuses the values: the same request would fail again, so nobody is to be told to come again.

    A text too long for an index, or a document too deep to parse, comes as Django's OperationalError, as does a server
    that is away; the error of the driver behind it tells them apart.
    """
    if not isinstance(error, DatabaseError):
        return False
    return isinstance(error, DataError) or isinstance(error.__cause__, ProgramLimitExceeded | StatementTooComplex)
