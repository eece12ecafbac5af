"""The tree of a trace: every run once, whatever its parent says."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from annotation.domain.traces import tree
from tests.domain.traces.conversation.runs import AnyRun, run


def brief(*runs: AnyRun) -> list[tuple[int, int]]:
    return [(step.run.uuid.int, step.depth) for step in tree.steps(runs)]


def test_a_run_stands_before_its_children_and_they_in_start_order() -> None:
    assert brief(run(1), run(2, 1), run(3), run(4, 2), run(5, 1)) == [(1, 0), (2, 1), (4, 2), (5, 1), (3, 0)]


def test_a_run_without_its_parent_stands_at_the_top() -> None:
    steps = tree.steps([run(1), run(2, 9)])
    assert [(step.depth, step.is_orphan) for step in steps] == [(0, False), (0, True)]


def test_rings_are_cut_where_they_begin() -> None:
    assert brief(run(1), run(2, 3), run(3, 2), run(4, 4)) == [(1, 0), (4, 0), (2, 0), (3, 1)]


def test_depth_is_bounded_and_no_recursion_is_needed() -> None:
    steps = tree.steps([run(number, number - 1 or None) for number in range(1, 5000)])
    assert max(step.depth for step in steps) == tree.DEEPEST
    assert steps[0].last == 4999


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 14)), unique_by=lambda pair: pair[0]))
def test_any_runs_give_each_of_them_once_with_its_span_of_steps(pairs: list[tuple[int, int]]) -> None:
    steps = tree.steps([run(number, parent or None) for number, parent in pairs])
    assert sorted(step.run.uuid for step in steps) == sorted(UUID(int=number) for number, _ in pairs)
    for step in steps:
        below = steps[step.number : step.last]
        assert all(one.depth > step.depth for one in below)
        assert step.last == len(steps) or steps[step.last].depth <= step.depth
