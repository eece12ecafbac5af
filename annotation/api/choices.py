"""Words out of a few that a caller may say; another one is refused everywhere alike, with those that there are."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any, NoReturn, TypeVar

from rest_framework import serializers
from rest_framework.request import Request

Choice = TypeVar("Choice", bound=Enum)

_MOST_SHOWN = 100
"""Characters of what was sent that are told again."""


class ChoiceField(serializers.ChoiceField):  # noqa: TID251 -- made of it
    """The framework's, which does not say what may be chosen."""

    default_error_messages = {"invalid_choice": "{refusal}"}

    def fail(self, key: str, **said: Any) -> NoReturn:
        """Raise the refusal."""
        super().fail(key, **said, refusal=refusal(said.get("input"), self.choices))


def refusal(sent: Any, known: Iterable[Any]) -> str:
    """What is told about a word that is none of these; the empty one is left out."""
    return f"'{str(sent)[:_MOST_SHOWN]}' is not one of {', '.join(str(one) for one in known if one != '')}."


def asked(request: Request, name: str, known: type[Choice]) -> Choice | None:
    """The word that the query has under this name; None without one. Raises ValidationError."""
    sent = request.query_params.get(name)
    if not sent:
        return None
    try:
        return known(sent)
    except ValueError as problem:
        words = refusal(sent, [one.value for one in known])
        raise serializers.ValidationError({name: [words]}, "invalid_choice") from problem
