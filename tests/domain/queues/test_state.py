"""Item states and seats as functions."""

from hypothesis import given
from hypothesis import strategies as st

from annotation.domain.queues import state

COUNTS = st.integers(min_value=0, max_value=12)
WANTED = st.integers(min_value=1, max_value=10)


@given(COUNTS, WANTED)
def test_done_is_reached_once_and_kept(reviews: int, wanted: int) -> None:
    now = state.item_state(is_removed=False, review_count=reviews, seats=wanted)
    later = state.item_state(is_removed=False, review_count=reviews + 1, seats=wanted)
    assert now == (state.DONE if reviews >= wanted else state.OPEN)
    assert (now, later) != (state.DONE, state.OPEN)
    assert state.item_state(is_removed=True, review_count=reviews, seats=wanted) == state.REMOVED


@given(COUNTS, COUNTS, WANTED)
def test_seats_are_never_overdrawn(reviews: int, held: int, wanted: int) -> None:
    free = state.free_seats(review_count=reviews, held_by_others=held, seats=wanted)
    assert free >= 0
    assert free == 0 or free + reviews + held == wanted
