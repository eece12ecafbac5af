"""From text to tree: the grammar of the filter language.

filter      = [ or ]
or          = and { "or" and }
and         = not { "and" not }
not         = "not" not | "(" or ")" | subject | condition | text
subject     = ("run" | "feedback") "(" [ argument { "," argument } ] ")" [ operator value ]
argument    = value | field (":" | operator) value
condition   = field operator value | "in" ["any"] "queue" [ value ]
text        = quoted words | plain words that name no field
"""

from __future__ import annotations

from collections.abc import Callable

from annotation.domain.traces.filters.conditions import (
    KEYWORDS,
    find_field,
    read_condition,
    read_related,
    starts_operator,
)
from annotation.domain.traces.filters.cursor import Cursor
from annotation.domain.traces.filters.errors import FilterError, did_you_mean
from annotation.domain.traces.filters.fields import ALIASES, SUBJECTS, TRACE_FIELDS
from annotation.domain.traces.filters.tokens import Kind, Token
from annotation.domain.traces.filters.tree import (
    EVERYTHING,
    And,
    Condition,
    Node,
    Not,
    Operator,
    Or,
    Related,
    Span,
    Text,
)

LONGEST_TEXT = 4000
MOST_TERMS = 50
DEEPEST = 12
STARTS = (*(field.written for field in TRACE_FIELDS.values()), *SUBJECTS, "not", "in queue")


def parse(text: str) -> Node:
    """The tree of a filter; an empty text is the filter that every trace passes.

    Raises FilterError with the place and a hint when the text is no filter, is longer than 4,000 characters, has
    more than 50 conditions, or nests deeper than 12.
    """
    if len(text) > LONGEST_TEXT:
        raise FilterError(
            f"A filter has at most {LONGEST_TEXT:,} characters; this one has {len(text):,}.",
            span=Span(LONGEST_TEXT, len(text) - LONGEST_TEXT),
            hint="Shorten it, for example with `any of (…)`.",
        )
    return _Grammar(Cursor(text)).whole()


class _Grammar:
    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.terms = 0

    def whole(self) -> Node:
        if self.cursor.is_at_end():
            return EVERYTHING
        node = self.disjunction(1)
        if not self.cursor.is_at_end():
            raise self._unjoined()
        return node

    def _unjoined(self) -> FilterError:
        here = self.cursor.here
        hint = "Join conditions with `and` or `or`."
        if here.is_symbol(")"):
            hint = "Remove it, or add the opening bracket."
        elif here.kind is Kind.WORD and not find_field(here.text, TRACE_FIELDS):
            hint += ' Put a value of several words in quotes: "two words".'
        return self.cursor.unexpected("`and`, `or` or the end", hint=hint, expected=("and", "or"))

    def disjunction(self, depth: int) -> Node:
        parts = self._joined(self.conjunction, "or", depth)
        return parts[0] if len(parts) == 1 else Or(parts)

    def conjunction(self, depth: int) -> Node:
        parts = self._joined(self.negation, "and", depth)
        return parts[0] if len(parts) == 1 else And(parts)

    def _joined(self, read: Callable[[int], Node], word: str, depth: int) -> tuple[Node, ...]:
        parts = [read(depth)]
        while self.cursor.take_words(word):
            parts.append(read(depth))
        return tuple(parts)

    def negation(self, depth: int) -> Node:
        if depth > DEEPEST:
            raise FilterError(
                f"A filter nests at most {DEEPEST} deep.", span=self.cursor.here.span, hint="Remove some brackets."
            )
        if self.cursor.take_words("not"):
            return Not(self.negation(depth + 1))
        if self.cursor.take_symbol("("):
            return self.bracket(depth)
        return self._counted(self.term())

    def bracket(self, depth: int) -> Node:
        node = self.disjunction(depth + 1)
        if not self.cursor.here.is_symbol(")"):
            raise self.cursor.unexpected(
                "`)`", hint="Close the bracket, or join conditions with `and` or `or`.", expected=("and", "or", ")")
            )
        self.cursor.take()
        return node

    def _counted(self, node: Node) -> Node:
        inner = node.part if isinstance(node, Not) else node
        self.terms += max(len(inner.conditions), 1) if isinstance(inner, Related) else 1
        if self.terms > MOST_TERMS:
            raise FilterError(
                f"A filter has at most {MOST_TERMS} conditions.",
                span=self.cursor.previous,
                hint="Use `any of (…)`, or split it.",
            )
        return node

    def term(self) -> Node:
        token = self.cursor.here
        if token.kind is Kind.STRING:
            return self.quoted()
        if token.kind is not Kind.WORD:
            raise self._no_term()
        if token.is_word("in"):
            return self.in_queue()
        if subject := SUBJECTS.get(token.text.casefold()):
            return read_related(self.cursor, subject)
        if found := find_field(token.text, TRACE_FIELDS):
            return read_condition(self.cursor, *found)
        return self.plain_words()

    def quoted(self) -> Node:
        token = self.cursor.take()
        if starts_operator(self.cursor.here):
            raise FilterError(
                "The name of a field stands without quotes.", span=token.span, hint=_field_hint(token.text)
            )
        if not token.text.strip():
            raise FilterError("There is no text between the quotes.", span=token.span, hint="Write words to look for.")
        return Text(token.text, token.span)

    def in_queue(self) -> Node:
        """``in queue "Refunds"``: the way people say ``queue is "Refunds"``."""
        start = self.cursor.take().span
        is_any = self.cursor.take_words("any")
        if not self.cursor.take_words("queue"):
            raise self.cursor.unexpected("`queue` after `in`", hint="Write `in queue`.", expected=("queue",))
        token = self.cursor.here
        if is_any or token.kind not in (Kind.STRING, Kind.WORD) or token.is_word(*KEYWORDS):
            return Condition("queue", Operator.EXISTS, span=start.to(self.cursor.previous))
        self.cursor.take()
        return Condition("queue", Operator.IS, (token.text,), span=start.to(token.span))

    def plain_words(self) -> Node:
        """Words typed as in any search box; a word before an operator was meant to be a field."""
        first = self.cursor.here
        words: list[str] = []
        while _is_plain(self.cursor.here):
            if starts_operator(self.cursor.ahead()) or _is_call(self.cursor):
                raise _unknown_field(self.cursor.here)
            words.append(self.cursor.take().text)
        if not words:
            raise self._no_term()
        return Text(" ".join(words), first.span.to(self.cursor.previous))

    def _no_term(self) -> FilterError:
        return self.cursor.unexpected(
            "a condition", hint="Example: `verdict is bad and latency > 2s`.", expected=STARTS
        )


def _is_plain(token: Token) -> bool:
    return token.kind is Kind.WORD and token.text.casefold() not in KEYWORDS | TRACE_FIELDS.keys() | SUBJECTS.keys()


def _is_call(cursor: Cursor) -> bool:
    return cursor.ahead().is_symbol("(")


def _unknown_field(token: Token) -> FilterError:
    return FilterError(
        f"There is no field `{token.text}`.", span=token.span, hint=_field_hint(token.text), expected=STARTS
    )


def _field_hint(word: str) -> str:
    head = word.partition(".")[0].casefold()
    if head in SUBJECTS:
        return f"Write `{SUBJECTS[head].example}`."
    names = (*TRACE_FIELDS, *SUBJECTS, *ALIASES)
    return did_you_mean(word, names) or 'To look for text, put it in quotes: "refund".'
