"""What the filter language understands, and how it explains what it does not."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.domain.traces.filters import FilterError, parse, to_text
from annotation.domain.traces.filters.fields import FEEDBACK_FIELDS, RUN_FIELDS, SUBJECTS, TRACE_FIELDS, Field
from annotation.domain.traces.filters.parser import DEEPEST, LONGEST_TEXT, MOST_TERMS
from annotation.domain.traces.filters.tree import (
    Ago,
    And,
    Condition,
    Duration,
    Not,
    Operator,
    Or,
    Pattern,
    Related,
    Text,
)

WORDS = [
    *TRACE_FIELDS,
    *SUBJECTS,
    "and",
    "or",
    "not",
    "is",
    "any of",
    "(",
    ")",
    ",",
    ":",
    "<",
    "2s",
    '"x"',
    "/a/i",
    " ",
]
soup = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))


@given(soup)
def test_any_text_is_a_filter_or_a_filter_error_inside_the_text(text: str) -> None:
    try:
        tree = parse(text)
    except FilterError as error:
        start, end = error.span.start, error.span.end
        assert 0 <= start <= end <= len(text)
    else:
        assert parse(to_text(tree)) == tree


def test_the_example_of_the_documentation() -> None:
    text = (
        'verdict is bad and latency > 2s and label any of ("Wrong policy", "Tone") and not tag is internal '
        'and output matches /refund(able)?/i and feedback("thumbs", source: user) < 1 '
        'and run(type: tool, name: "get_rate_rules", status: error) and time > -24h and "free text"'
    )
    assert parse(text) == And(
        (
            Condition("verdict", Operator.IS, ("bad",)),
            Condition("latency", Operator.ABOVE, (Duration(Decimal(2), "s"),)),
            Condition("label", Operator.ANY_OF, ("Wrong policy", "Tone")),
            Not(Condition("tag", Operator.IS, ("internal",))),
            Condition("output", Operator.MATCHES, (Pattern("refund(able)?", is_case_blind=True),)),
            Related(
                "feedback",
                (
                    Condition("key", Operator.IS, ("thumbs",)),
                    Condition("source", Operator.IS, ("user",)),
                    Condition("score", Operator.BELOW, (Decimal(1),)),
                ),
            ),
            Related(
                "run",
                (
                    Condition("type", Operator.IS, ("tool",)),
                    Condition("name", Operator.IS, ("get_rate_rules",)),
                    Condition("status", Operator.IS, ("error",)),
                ),
            ),
            Condition("time", Operator.ABOVE, (Ago(Duration(Decimal(24), "h")),)),
            Text("free text"),
        )
    )


def test_and_binds_closer_than_or_and_not_closest() -> None:
    ok, bad, late = parse("status is ok"), parse("verdict is bad"), parse("latency > 2s")
    assert parse("status is ok or verdict is bad and not latency > 2s") == Or((ok, And((bad, Not(late)))))
    assert parse("(status is ok or verdict is bad) and latency > 2s") == And((Or((ok, bad)), late))


@pytest.mark.parametrize(
    "field", [*TRACE_FIELDS.values(), *RUN_FIELDS.values(), *FEEDBACK_FIELDS.values()], ids=lambda field: field.name
)
def test_every_documented_example_is_a_filter(field: Field) -> None:
    assert to_text(parse(to_text(parse(field.example)))) == to_text(parse(field.example))
    assert field.name in field.example or "(" in field.example


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("time > 2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("time > 2026-03-01T09:30", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
        ("time > 2026-03-01T09:30:15+02:00", datetime(2026, 3, 1, 7, 30, 15, tzinfo=UTC)),
        ("time > 2026-03-01T09:30:15.25z", datetime(2026, 3, 1, 9, 30, 15, 250000, tzinfo=UTC)),
    ],
)
def test_times_without_a_zone_are_utc(text: str, moment: datetime) -> None:
    assert parse(text) == Condition("time", Operator.ABOVE, (moment,))


@pytest.mark.parametrize(
    ("text", "wrong", "message"),
    [
        ("latencey > 2s", "latencey", "There is no field `latencey`. Did you mean `latency`?"),
        ("verdict is baad", "baad", "Did you mean `bad`?"),
        ("verdict bad", "bad", "Expected an operator after `verdict`"),
        ("label is Wrong policy", "policy", "several words in quotes"),
        ("latency > 5", "5", "`latency > 5s`"),
        ("latency > fast", "fast", "the units are ms, s, m, h, d, w"),
        ("tokens > many", "many", "`many` is not a number"),
        ("id is 4471", "4471", "`4471` is not an id"),
        ("time > soon", "soon", "`soon` is not a time"),
        ("time > 2026-13-01", "2026-13-01", "is not a time"),
        ("time is 2026-01-01", "is", "`time` does not take `is`"),
        ("output is sorry", "is", "`output` does not take `is`"),
        ("output matches refund", "refund", "Write `matches /refund/i`"),
        ("output matches /a/gx", "gx", "`gx` is not a flag"),
        ("output contains /a/", "/a/", "A pattern needs `matches`"),
        ("output matches /a", "/a", "This pattern is not closed"),
        ('name is "x', '"x', "This quoted text is not closed"),
        ('name is ""', '""', "There is no text between the quotes"),
        ("metadata is gold", "metadata", "Which metadata?"),
        ("feedback.thumbs < 1", "feedback.thumbs", 'Write `feedback("thumbs", source: user) < 1`'),
        ("run(typ: tool)", "typ", "A run has no field `typ`. Did you mean `type`?"),
        ("run(type: tol)", "tol", "Did you mean `tool`?"),
        ("run(type: tool", "", "Expected `)`"),
        ("run(type: tool) > 3", ">", "Put it between the brackets"),
        ("(verdict is bad", "", "Close the bracket"),
        ("verdict is bad)", ")", "add the opening bracket"),
        ("verdict is bad and", "", "Expected a condition, but the filter ends"),
        ("verdict is bad latency > 2s", "latency", "Join conditions with `and` or `or`"),
        ("output contains", "", "Expected a value after `contains`"),
        ('"verdict" is bad', '"verdict"', "stands without quotes"),
        ("verdict is bad & x", "", "Join conditions"),
        ("! x", "!", "Write `not` for negation"),
        ("name is a\x00b", "\x00", "cannot occur in a trace"),
    ],
)
def test_an_error_points_at_the_wrong_part_and_says_what_to_do(text: str, wrong: str, message: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse(text)
    span = caught.value.span
    assert text[span.start : span.end].startswith(wrong)
    assert message in str(caught.value)


def test_an_error_lists_what_would_have_been_right_there() -> None:
    with pytest.raises(FilterError) as caught:
        parse("verdict is bad and verdict is ")
    assert caught.value.expected == ("good", "bad", "unsure", "none")
    assert caught.value.position == len("verdict is bad and verdict is ")


def test_a_pointer_marks_the_place() -> None:
    with pytest.raises(FilterError) as caught:
        parse("latencey > 2s")
    assert caught.value.pointer("latencey > 2s") == "latencey > 2s\n^^^^^^^^"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x" * (LONGEST_TEXT + 1), "at most 4,000 characters"),
        (" and ".join(["status is ok"] * (MOST_TERMS + 1)), "at most 50 conditions"),
        ("(" * DEEPEST + "status is ok" + ")" * DEEPEST, "nests at most 12 deep"),
        ("not " * DEEPEST + "status is ok", "nests at most 12 deep"),
        (f"tag any of ({', '.join(['x'] * 101)})", "at most 100 values"),
        (f"run({', '.join(['status: ok'] * (MOST_TERMS + 1))})", "at most 50 conditions"),
    ],
)
def test_limits_are_errors_with_the_number(text: str, message: str) -> None:
    with pytest.raises(FilterError, match=message):
        parse(text)


def test_filters_at_the_limits_parse() -> None:
    deepest = "(" * (DEEPEST - 1) + "status is ok" + ")" * (DEEPEST - 1)
    assert parse(deepest) == parse("status is ok")
    widest = parse(" and ".join(["status is ok"] * MOST_TERMS))
    assert isinstance(widest, And)
    assert len(widest.parts) == MOST_TERMS
