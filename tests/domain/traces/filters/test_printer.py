"""The canonical text of filters."""

from __future__ import annotations

import pytest
from hypothesis import given

from annotation.domain.traces.filters import chips, parse, to_text
from annotation.domain.traces.filters.tree import Node
from tests.domain.traces.filters.strategies import trees


@given(trees)
def test_what_is_printed_parses_to_the_same_tree(tree: Node) -> None:
    assert parse(to_text(tree)) == tree


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("", ""),
        ("VERDICT = Bad AND latency>2s", "verdict is bad and latency > 2s"),
        ("label in ('Wrong policy', “Tone”)", 'label any of ("Wrong policy", Tone)'),
        ("verdict is none", "verdict is none"),
        ("refund saver rate", '"refund saver rate"'),
        ("in queue Refunds and not in any queue", "queue is Refunds and not queue exists"),
        ("output does not contain sorry", "not output contains sorry"),
        ('feedback(key: "thumbs", source: user, score < 1)', 'feedback("thumbs", source: user) < 1'),
        ("feedback(stars) is 3", 'feedback("stars") = 3'),
        ('feedback(topic) is "3"', 'feedback("topic") is "3"'),
        ("run(get_rates, status: error)", 'run("get_rates", status: error)'),
        ("(verdict is bad)", "verdict is bad"),
        ("cost > $0.05", "cost > 0.05"),
        ("time ≥ 2026-03-01T02:00+02:00", "time >= 2026-03-01"),
        ("user_id is u and tags is t", "user is u and tag is t"),
        ('metadata."customer tier" is gold', 'metadata."customer tier" is gold'),
        (r"input matches /a\/b/i", r"input matches /a\/b/i"),
    ],
)
def test_one_way_to_write_each_filter(written: str, canonical: str) -> None:
    assert to_text(parse(written)) == canonical
    assert to_text(parse(canonical)) == canonical


def test_chips_are_the_parts_of_the_outer_and() -> None:
    filter_text = 'verdict is bad and (status is ok or "late") and not tag is internal'
    assert chips(parse(filter_text)) == ("verdict is bad", '(status is ok or "late")', "not tag is internal")
    assert chips(parse("status is ok or verdict is bad")) == ("status is ok or verdict is bad",)
    assert chips(parse("")) == ()
