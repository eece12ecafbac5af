"""Keys that a person moves."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from annotation.domain.projects import own_keys

KEYS = [action.key for action in own_keys.ACTIONS]


def test_two_actions_on_one_key_are_told_at_both() -> None:
    moved, problems = own_keys.moved({"g": "s", "b": "7", "u": "W"})
    assert problems == {
        "g": "S is also the key of “Skip”.",
        "s": "S is also the key of “Good”.",
        "b": "Type one letter, or one of [ ] ; ' , . / - =. Digits pick options.",
    }
    assert moved["u"] == "W"


def test_keys_may_be_exchanged_and_empty_is_the_key_by_itself() -> None:
    assert own_keys.moved({"g": "b", "b": "g", "s": " "}) == ({"g": "b", "b": "g"}, {})


def test_what_is_kept_and_known_no_more_is_left_out() -> None:
    assert own_keys.read({"g": "w", "gone": "x", "b": 3, "s": "ab"}) == {"g": "w"}


@given(st.dictionaries(st.sampled_from(KEYS), st.sampled_from([*"abgsxq;7 ", "", "ArrowUp", "é"])))
def test_without_problems_every_action_has_a_key_of_its_own(typed: dict[str, str]) -> None:
    moved, problems = own_keys.moved(typed)
    if not problems:
        effective = [moved.get(key, key) for key in KEYS]
        assert len(set(effective)) == len(effective)
        assert own_keys.read(moved) == moved
