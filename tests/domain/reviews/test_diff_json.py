"""The structural diff of JSON: gives both sides back, and shows where they part."""

import json

from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from annotation.domain.reviews import diff_json
from annotation.domain.reviews.diff import Kind

values: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.floats(-1, 1) | st.text("ab ", max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=4),
    max_leaves=12,
)


def text_of(value: JsonValue) -> str:
    return json.dumps(value, sort_keys=True)


@given(values, values)
def test_gives_both_sides_back(old: JsonValue, new: JsonValue) -> None:
    node = diff_json.structure(old, new)

    assert text_of(diff_json.before(node)) == text_of(old)
    assert text_of(diff_json.after(node)) == text_of(new)


@given(values, values)
def test_is_whole_only_where_nothing_changed(old: JsonValue, new: JsonValue) -> None:
    is_same = isinstance(diff_json.structure(old, new), diff_json.Whole)

    assert is_same == (text_of(old) == text_of(new))


def test_one_is_not_true() -> None:
    node = diff_json.structure({"refund": 1}, {"refund": True})

    assert text_of(diff_json.after(node)) == '{"refund": true}'


def test_an_entry_put_in_front_leaves_the_rest_alone() -> None:
    node = diff_json.structure([1, 2, 3], [0, 1, 2, 3])

    assert node == diff_json.Entries(
        (
            diff_json.Whole(Kind.NEW, 0),
            diff_json.Whole(Kind.SAME, 1),
            diff_json.Whole(Kind.SAME, 2),
            diff_json.Whole(Kind.SAME, 3),
        )
    )


def test_lines_read_as_json() -> None:
    node = diff_json.structure(
        {"rate": "SAVER", "refundable": True, "nights": 2}, {"rate": "SAVER", "refundable": False, "total": 418.5}
    )

    shown = [
        (line.depth, line.kind.value, "".join(piece.text for piece in line.pieces)) for line in diff_json.lines(node)
    ]
    assert shown == [
        (0, "same", "{"),
        (1, "same", 'rate: "SAVER"'),
        (1, "gone", "refundable: true"),
        (1, "new", "refundable: false"),
        (1, "gone", "nights: 2"),
        (1, "new", "total: 418.5"),
        (0, "same", "}"),
    ]
