"""Walks over the tokens of a filter and says clearly what was expected where."""

from __future__ import annotations

from collections.abc import Iterable

from annotation.domain.traces.filters.errors import FilterError
from annotation.domain.traces.filters.tokens import Kind, Token, tokenize
from annotation.domain.traces.filters.tree import Span


class Cursor:
    """The one mutable thing of the parser: which token is next."""

    def __init__(self, text: str) -> None:
        self._tokens = tokenize(text)
        self._index = 0

    @property
    def here(self) -> Token:
        """The token that is next."""
        return self._tokens[self._index]

    def is_at_end(self) -> bool:
        """Whether nothing is left."""
        return self.here.kind is Kind.END

    @property
    def previous(self) -> Span:
        """Where the last token stood."""
        return self._tokens[max(self._index - 1, 0)].span

    def ahead(self, distance: int = 1) -> Token:
        """The token after so many others."""
        return self._tokens[min(self._index + distance, len(self._tokens) - 1)]

    def take(self) -> Token:
        """The next token, stepped over."""
        token = self.here
        self._index = min(self._index + 1, len(self._tokens) - 1)
        return token

    def take_words(self, *words: str) -> bool:
        """Steps over these words when they stand here in this order."""
        if not all(self.ahead(distance).is_word(word) for distance, word in enumerate(words)):
            return False
        self._index += len(words)
        return True

    def take_symbol(self, symbol: str) -> bool:
        """Steps over this symbol when it stands here."""
        return self.here.is_symbol(symbol) and bool(self.take())

    def require_symbol(self, symbol: str, *, hint: str) -> Token:
        """Steps over this symbol, or raises FilterError."""
        if not self.here.is_symbol(symbol):
            raise self.unexpected(f"`{symbol}`", hint=hint, expected=(symbol,))
        return self.take()

    def unexpected(self, wanted: str, *, hint: str = "", expected: Iterable[str] = ()) -> FilterError:
        """The error for a token that does not belong here."""
        found = "the filter ends" if self.is_at_end() else f"there is `{self.here.text}`"
        return FilterError(f"Expected {wanted}, but {found}.", span=self.here.span, hint=hint, expected=expected)
