"""JSON shaped for reading: bounded, whatever it holds, and nothing of it lost without a word."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.domain.traces.conversation import images, values
from annotation.domain.traces.conversation.clip import json_clip, written
from annotation.domain.traces.conversation.values import Entries, Members, Plain, Shape, Table, Text
from annotation.templatetags.json_shapes import json_shape

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=8), inner, max_size=6),
    max_leaves=60,
)


def test_texts_in_json_have_their_lines_and_like_objects_are_a_table() -> None:
    rows = [{"day": "Mon", "price": 418.0, "ok": True}, {"day": "Tue", "price": 12, "ok": None}]
    shaped = values.shape({"log": "one\ntwo", "rows": rows, "none": [], "inner": '{"a": [1]}'})
    assert shaped == Members(
        (
            ("log", Text("one\ntwo")),
            ("rows", Table(("day", "price", "ok"), (("Mon", "418.0", "true"), ("Tue", "12", "null")))),
            ("none", Plain("[]")),
            ("inner", Members((("a", Entries((Plain("1"),))),))),
        )
    )
    assert not values.is_cut(shaped)


@pytest.mark.parametrize(
    "value",
    [
        ["x"] * 5_000,
        {str(number): number for number in range(5_000)},
        [{"a": 1, "b": 2}] * 5_000,
        "x" * 5_000,
        [[[[[[[[[[[[["deep"]]]]]]]]]]]]],
        json.loads("[" * 500 + "]" * 500),
    ],
)
def test_what_is_too_much_is_left_out_and_said(value: object) -> None:
    shaped = values.shape(value)
    assert values.is_cut(shaped)
    assert " more " in json_shape(shaped)
    assert len(json_shape(shaped)) < 60_000


@given(JSON)
def test_any_value_is_shaped_within_bounds_and_what_is_not_cut_is_there(value: object) -> None:
    shaped = values.shape(value)
    assert count(shaped) <= 2 * values.MOST_NODES
    html = json_shape(shaped)
    assert html.count("<details") == html.count("</details>")
    text = json.dumps(value)
    assert values.as_json(text) in (value, None)
    assert json_clip(value, "p").text == written(value)[: len(json_clip(value, "p").text)]


def count(shape: Shape) -> int:
    match shape:
        case Members(entries):
            return 1 + sum(count(entry) for _, entry in entries)
        case Entries(listed):
            return 1 + sum(count(entry) for entry in listed)
        case Table(columns, rows):
            return 1 + len(columns) * len(rows)
        case _:
            return 1


def test_what_is_written_is_the_same_json() -> None:
    for value in ({"a": [1, "é"], "b": {}}, {"half": "\ud800"}, {"large": 2**70}):
        assert written(value) == json.dumps(value, ensure_ascii=False, indent=2)


PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(40)).decode()


@pytest.mark.parametrize(
    ("part", "mime_type"),
    [
        ({"data": PNG, "mime_type": "text/html"}, "image/png"),
        ({"url": f"data:image/png;base64,{PNG}"}, "image/png"),
        ({"data": base64.b64encode(b"RIFF1234WEBPVP8 " + bytes(20)).decode()}, "image/webp"),
        ({"url": "https://evil.example/x.png"}, None),
        ({"data": base64.b64encode(b"<svg onload=alert(1)>" + bytes(20)).decode(), "mime_type": "image/png"}, None),
        ({"url": "data:image/svg+xml;base64,PHN2Zz4="}, None),
        ({"url": "data:image/png,notbase64"}, None),
        ({"data": "!"}, None),
        ({}, None),
    ],
)
def test_an_image_is_what_its_bytes_are_and_never_elsewhere(part: dict[str, str], mime_type: str | None) -> None:
    found = images.picture(part)
    assert (found.mime_type if found else None) == mime_type
    assert images.is_here(part) is (mime_type is not None)
