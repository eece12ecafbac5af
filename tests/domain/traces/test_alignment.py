"""Which step of one trajectory stands beside which of the other."""

from itertools import combinations
from typing import TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from annotation.domain.traces import alignment
from annotation.domain.traces.alignment import Mark, Row

Step: TypeAlias = tuple[str, str]
SIDE = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy")), max_size=7)


def align(left: list[Step], right: list[Step]) -> list[Row[Step]]:
    return alignment.align(left, right, key=lambda step: step[0], content=lambda step: step[1])


def worth(rows: list[Row[Step]]) -> tuple[int, int]:
    """How many pairs, and how many of them alike."""
    marks = [row.mark for row in rows]
    return marks.count(Mark.ALIKE) + marks.count(Mark.DIFFERENT), marks.count(Mark.ALIKE)


def best(left: list[Step], right: list[Step]) -> tuple[int, int]:
    """The same by trying everything."""
    for size in range(min(len(left), len(right)), 0, -1):
        alike = [
            sum(one == other for one, other in zip(ones, others, strict=True))
            for ones in combinations(left, size)
            for others in combinations(right, size)
            if all(one[0] == other[0] for one, other in zip(ones, others, strict=True))
        ]
        if alike:
            return size, max(alike)
    return 0, 0


@given(SIDE, SIDE)
def test_every_step_stands_once_in_order_beside_one_of_its_kind(left: list[Step], right: list[Step]) -> None:
    rows = align(left, right)
    assert [row.left for row in rows if row.left] == left
    assert [row.right for row in rows if row.right] == right
    for row in rows:
        match row:
            case Row(None, right_step, mark):
                assert (right_step is not None, mark) == (True, Mark.RIGHT)
            case Row(_, None, mark):
                assert mark is Mark.LEFT
            case Row(one, other, mark):
                assert one is not None
                assert other is not None
                assert one[0] == other[0]
                assert mark is (Mark.ALIKE if one == other else Mark.DIFFERENT)


@given(SIDE, SIDE)
def test_no_other_alignment_pairs_more_or_more_that_are_alike(left: list[Step], right: list[Step]) -> None:
    assert worth(align(left, right)) == best(left, right) == worth(align(right, left))


@given(SIDE)
def test_a_trajectory_beside_itself_is_alike_all_along(side: list[Step]) -> None:
    assert align(side, side) == [Row(step, step, Mark.ALIKE) for step in side]


def test_very_long_sides_take_bounded_time_and_lose_no_step() -> None:
    left = [("a", str(at)) for at in range(alignment.MOST + 50)]
    right = [("b", "x"), *left]
    rows = align(left, right)
    assert [row.left for row in rows if row.left] == left
    assert [row.right for row in rows if row.right] == right
    assert worth(rows) == (alignment.MOST - 1, alignment.MOST - 1)
