"""The filter language of LangSmith's SDKs in our own words."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.domain.traces.filters.errors import FilterError
from annotation.domain.traces.filters.tree import And, Condition, Duration, Node, Not, Operator, Or, Related
from annotation.domain.traces.langsmith import translate

O = Operator  # noqa: E741 -- the table below is read across
KEY, SCORE = Condition("key", O.ANY_OF, ("user_score",)), Condition("score", O.EQUAL, (Decimal(1),))
TABLE: dict[str, Node] = {
    'eq(run_type, "llm")': Condition("type", O.ANY_OF, ("llm",)),
    'eq(run_type, "chain")': Condition("type", O.ANY_OF, ("chain", "agent", "guardrail", "evaluator", "other")),
    "neq(name, 'a \\'b\\'')": Condition("name", O.IS_NOT, ("a 'b'",)),
    'eq(status, "success")': Condition("status", O.IS, ("ok",)),
    "gt(latency, 10)": Condition("latency", O.ABOVE, (Duration(Decimal(10), "s"),)),
    'lte(latency, "250ms")': Condition("latency", O.AT_MOST, (Duration(Decimal(250), "ms"),)),
    "gte(total_tokens, 5000)": Condition("tokens", O.AT_LEAST, (Decimal(5000),)),
    "neq(error, null)": Condition("error", O.EXISTS),
    "eq(error, null)": Not(Condition("error", O.EXISTS)),
    "exists(end_time)": Condition("end", O.EXISTS),
    'gt(start_time, "2023-07-15T12:34:56Z")': Condition("time", O.ABOVE, (datetime(2023, 7, 15, 12, 34, 56, tzinfo=UTC),)),
    "eq(is_root, true)": Not(Condition("parent", O.EXISTS)),
    "eq(execution_order, 1)": Not(Condition("parent", O.EXISTS)),
    'in(run_type, ["llm", "tool"])': Or((Condition("type", O.ANY_OF, ("llm",)), Condition("type", O.ANY_OF, ("tool",)))),
    'has(tags, "beta")': Condition("tag", O.ANY_OF, ("beta",)),
    """has(metadata, '{"n": 1e999999}')""": And((Condition("metadata", O.IS, ("1E+999999",), "n"),)),
    """has(metadata, '{"tier": "gold", "n": 3}')""": And(
        (Condition("metadata", O.IS, ("gold",), "tier"), Condition("metadata", O.IS, (Decimal(3),), "n"))
    ),
    'and(eq(metadata_key, "tier"), eq(metadata_value, "gold"))': Condition("metadata", O.IS, ("gold",), "tier"),
    'and(eq(metadata_value, 3), eq(run_type, "llm"), eq(metadata_key, "n"))': And(
        (Condition("type", O.ANY_OF, ("llm",)), Condition("metadata", O.IS, (Decimal(3),), "n"))
    ),
    'eq(metadata_key, "tier")': Condition("metadata", O.EXISTS, key="tier"),
    'and(eq(feedback_key, "user_score"), eq(feedback_score, 1))': Related("feedback", (KEY, SCORE)),
    'or(neq(error, null), and(eq(feedback_key, "user_score"), eq(feedback_score, 1.0)))': Or(
        (Condition("error", O.EXISTS), Related("feedback", (KEY, Condition("score", O.EQUAL, (Decimal("1.0"),)))))
    ),
    'not(eq(thread_id, "t"))': Not(Condition("thread", O.IS, ("t",))),
    'search(inputs, "refund")': Condition("input", O.CONTAINS, ("refund",)),
}  # fmt: skip


@pytest.mark.parametrize("text", TABLE)
def test_each_form_means_what_the_documentation_says(text: str) -> None:
    assert translate(text) == TABLE[text]
    assert translate(f"  {text} ") == TABLE[text]


@pytest.mark.parametrize(
    ("text", "position", "why"),
    [
        ("", 0, "ends where a value"),
        ("eq(run_type", 11, "ends where"),
        ("eq(run_tipe, 'llm')", 3, "no field `run_tipe`. Did you mean `run_type`"),
        ("equals(name, 'x')", 0, "no comparison `equals`"),
        ("eq(name, llm)", 9, "Put texts between quotes"),
        ("eq(name, 'x') eq(name, 'y')", 14, "should end here"),
        ("and()", 0, "joins at least one"),
        ("gt(name, 'x')", 9, "Only numbers and times"),
        ("eq(latency, 'soon')", 12, "not a duration"),
        ("eq(metadata_value, 'gold')", 0, "needs a metadata_key"),
        ("eq(id, 'x')", 7, "not an id"),
        ("in(name, 'x')", 0, "takes a list"),
        ("has(metadata, '{')", 14, "not JSON"),
        ("has(metadata, '" + '{"a":' * 3000 + "')", 14, "not JSON"),
        ("gt(total_tokens, 'NaN')", 17, "should stand a number"),
        ("gt(total_tokens, 'Infinity')", 17, "should stand a number"),
        ("gt(total_tokens, '1e999999999')", 17, "should stand a number"),
        ("name", 0, "is a comparison"),
        ("eq(name, §)", 9, "not understood"),
        ("not(" * 60 + "eq(name, 'x')" + ")" * 60, 204, "too deeply"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text: str, position: int, why: str) -> None:
    with pytest.raises(FilterError, match=why.replace("(", "\\(")) as caught:
        translate(text)
    assert caught.value.position == position


WORDS = st.sampled_from(
    ["and", "or", "not", "eq", "neq", "has", "in", "search", "exists", "gt", "(", ")", "[", "]", ",", '"x"', "'", "1", "-2.5e1",
     "null", "true", "run_type", "tags", "metadata", "metadata_key", "metadata_value", "feedback_key", "feedback_score",
     "latency", "is_root", "start_time", "id", " ", "\\", "ü"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=14).map("".join) | st.text(max_size=40))
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    with suppress(FilterError):
        translate(text)
