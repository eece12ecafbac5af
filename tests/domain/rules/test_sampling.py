"""Sampling by hash: repeatable, at the rate that was asked for, nested, the same in Python and in SQL."""

from __future__ import annotations

import math
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.domain import sampling
from annotation.domain.traces.matching.chance import SampleNumber
from annotation.models import Trace
from tests.factories import TraceFactory

RULE = UUID("11111111-2222-4333-8444-555555555555")
rates = st.decimals("0.000001", 1, places=6)


def test_the_formula_is_the_documented_one() -> None:
    trace = UUID("0af76519-16cd-43dd-8448-eb211c80319c")
    assert sampling.number(RULE, trace) == 134018080903466
    assert sampling.place(RULE, trace) == 134018080903466 / 2**48


@given(st.uuids(), st.uuids(), rates, rates)
def test_a_higher_rate_keeps_the_sample_of_a_lower_one(rule: UUID, trace: UUID, one: Decimal, other: Decimal) -> None:
    low, high = sorted([one, other])
    assert sampling.is_sampled(rule, trace, rate=high) >= sampling.is_sampled(rule, trace, rate=low)
    assert sampling.is_sampled(rule, trace, rate=Decimal(1))
    assert 0 <= sampling.place(rule, trace) < 1


@settings(max_examples=10, deadline=None)
@given(st.uuids(), st.integers(0, 2**64), st.sampled_from(["0.01", "0.1", "0.5", "0.9"]))
def test_the_share_that_is_sampled_is_the_rate(rule: UUID, first: int, rate: str) -> None:
    """Traces with consecutive ids, which a poor hash would not spread; five standard deviations off never happens."""
    count, share = 4000, float(rate)
    traces = (UUID(int=first + step) for step in range(count))
    sampled = sum(sampling.is_sampled(rule, trace, rate=Decimal(rate)) for trace in traces)
    assert abs(sampled - count * share) < 5 * math.sqrt(count * share * (1 - share))


@given(st.uuids())
def test_two_rules_choose_independently(trace: UUID) -> None:
    other = UUID(int=RULE.int + 1)
    assert sampling.number(RULE, trace) != sampling.number(other, trace)


@pytest.mark.django_db
def test_sql_gives_the_same_numbers() -> None:
    traces = TraceFactory.create_batch(20)
    in_sql = dict(Trace.objects.values_list("uuid", SampleNumber(RULE)))
    assert in_sql == {trace.uuid: sampling.number(RULE, trace.uuid) for trace in traces}
