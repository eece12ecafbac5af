"""Bodies of several parts, as clients write them and as nobody should."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests_toolbelt import MultipartEncoder

from annotation.api.langsmith.multipart import MalformedError, Part, parts

NAMES = st.text(st.characters(codec="ascii", exclude_characters='"\\\r\n', min_codepoint=32), min_size=1, max_size=40)
BOUNDARY = "b0undary"


def written(listed: list[tuple[str, str, bytes]]) -> bytes:
    """As the SDK writes it into its compressed stream."""
    body = b""
    for name, kind, content in listed:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\nContent-Type: {kind}\r\n\r\n'
        body += head.encode() + content + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode()


@given(st.lists(st.tuples(NAMES, st.just("image/png; length=3"), st.binary(max_size=200))))
def test_any_bytes_come_back_as_they_were(listed: list[tuple[str, str, bytes]]) -> None:
    assert list(parts(written(listed), content_type=f"multipart/form-data; boundary={BOUNDARY}")) == [
        Part(*one) for one in listed
    ]


@given(st.binary(max_size=300), st.integers(0, 400))
def test_whatever_comes_is_read_or_refused(body: bytes, cut: int) -> None:
    for content in (body, written([("a", "text/plain", body)])[:cut]):
        try:
            list(parts(content, content_type=f"multipart/form-data; boundary={BOUNDARY}"))
        except MalformedError:
            continue


def test_the_encoder_of_the_sdk_is_understood_with_names_in_any_alphabet() -> None:
    encoder = MultipartEncoder(
        [
            ("attachment.1.bild", (None, b"\x00\xff\r\n--x", "image/png")),
            ("attachment.1.Übersicht", (None, b"", "a/b")),
        ],
        boundary=BOUNDARY,
    )
    found = list(parts(encoder.to_string(), content_type=f'multipart/form-data; boundary="{BOUNDARY}"'))
    assert [(one.name, one.content) for one in found] == [
        ("attachment.1.bild", b"\x00\xff\r\n--x"),
        ("attachment.1.Übersicht", b""),
    ]


@pytest.mark.parametrize(
    ("body", "kind", "why"),
    [
        (b"{}", "application/json", "with a boundary"),
        (b"{}", "multipart/form-data", "with a boundary"),
        (b"{}", "multipart/form-data; boundary=x", "does not hold the boundary"),
        (
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1',
            "multipart/form-data; boundary=x",
            "before its last",
        ),
        (b"--x\r\nContent-Type: a/b\r\n\r\n1\r\n--x--", "multipart/form-data; boundary=x", "has no name"),
        (b"--x\r\nno headers\r\n--x--", "multipart/form-data; boundary=x", "no headers"),
    ],
)
def test_what_is_wrong_is_named(body: bytes, kind: str, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        list(parts(body, content_type=kind))
