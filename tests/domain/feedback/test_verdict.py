"""The verdict: pure, by precedence."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.domain.feedback.verdict import PRECEDENCE, Decision, Meaning, Word, decide

NOW = datetime(2026, 3, 2, tzinfo=UTC)
MEANINGS = {
    "stars": Meaning("number", good_from=4, bad_below=3),
    "outcome": Meaning("categories", categories={"solved": "good", "lost": "bad", "open": None}),
    "remark": Meaning("text"),
    "liked": Meaning("thumbs"),
}


def word(key: str, source: str, score: float | None = None, value: Any = None, **more: Any) -> Word:
    fields: dict[str, Any] = {"id": uuid4(), "is_adjudicated": False, "created_at": NOW} | more
    return Word(key=key, source=source, score=score, value=value, **fields)


@pytest.mark.parametrize(
    ("key", "score", "value", "verdict"),
    [
        ("thumbs", 1, None, "good"),
        ("thumbs", 0, None, "bad"),
        ("thumbs", None, "unsure", "unsure"),
        ("liked", 0, None, "bad"),
        ("stars", 4, None, "good"),
        ("stars", 3.5, None, "unsure"),
        ("stars", 2.9, None, "bad"),
        ("outcome", None, "solved", "good"),
        ("outcome", None, ["solved", "lost"], "bad"),
        ("outcome", None, "open", None),
        ("remark", 1, "lovely", None),
        ("unconfigured", 1, None, None),
    ],
)
def test_what_one_word_says(key: str, score: float | None, value: Any, verdict: str | None) -> None:
    decision = decide([word(key, "user", score, value)], MEANINGS)
    assert (decision.verdict if decision else None) == verdict


@pytest.mark.parametrize(("better", "worse"), list(pairwise(PRECEDENCE)))
def test_a_better_source_is_never_hidden(better: str, worse: str) -> None:
    def said(source: str, score: float) -> Word:
        if source == "adjudicated":
            return word("thumbs", "reviewer", score, is_adjudicated=True)
        return word("thumbs", source, score)

    low = [said(worse, 0) for _ in range(3)]
    high = said(better, 1)
    assert decide([*low, high], {}) == Decision("good", better, high.id)


def test_one_source_that_contradicts_itself_is_unsure_and_the_last_adjudication_holds() -> None:
    up, down = word("thumbs", "user", 1), word("thumbs", "user", 0, created_at=NOW + timedelta(seconds=1))
    assert decide([up, down], {}) == Decision("unsure", "user", down.id)
    first = word("thumbs", "reviewer", 0, is_adjudicated=True)
    last = word("thumbs", "reviewer", 1, is_adjudicated=True, created_at=NOW + timedelta(seconds=1))
    assert decide([last, up, first, down], {}) == Decision("good", "adjudicated", last.id)


words = st.builds(
    Word,
    id=st.uuids(),
    key=st.sampled_from(["thumbs", *MEANINGS, "other"]),
    source=st.sampled_from(PRECEDENCE[1:]),
    is_adjudicated=st.booleans(),
    score=st.none() | st.floats(-1, 6),
    value=st.none() | st.sampled_from(["solved", "lost", "unsure", ["open"], {"a": 1}]),
    created_at=st.datetimes(timezones=st.just(UTC)),
)


@given(st.lists(words, max_size=6), st.randoms())
def test_the_order_of_arrival_does_not_matter(said: list[Word], random: Any) -> None:
    shuffled = random.sample(said, len(said))
    decision = decide(said, MEANINGS)
    assert decide(shuffled, MEANINGS) == decision
    assert decision is None or isinstance(decision.feedback_id, UUID)
