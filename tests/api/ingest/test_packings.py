"""Bodies however packed and damaged: read whole, or refused with a documented error."""

import gzip
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from io import BytesIO

import pytest
import zstandard
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory, override_settings
from hypothesis import given
from hypothesis import strategies as st

from annotation.api.ingest import body

DOCUMENTED = (
    body.UnreadableBodyError,
    body.UnfinishedBodyError,
    body.BodyTooLargeError,
    body.UnknownPackingError,
)
PACKERS: Mapping[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "zstd": zstandard.ZstdCompressor().compress,
    "identity": bytes,
}
contents = st.binary(max_size=3000) | st.binary(max_size=8).map(lambda some: some * 5000)
packings = st.sampled_from(sorted(PACKERS))


def received(raw: bytes, packing: str, *, is_chunked: bool = False) -> WSGIRequest:
    request = RequestFactory().generic("POST", "/", raw, headers={"content-encoding": packing})
    if is_chunked:
        request.environ |= {"CONTENT_LENGTH": "", "wsgi.input_terminated": True, "wsgi.input": BytesIO(raw)}
    return request


@given(content=contents, packing=packings, is_chunked=st.booleans())
def test_what_was_packed_is_read_whole(content: bytes, packing: str, *, is_chunked: bool) -> None:
    assert body.read(received(PACKERS[packing](content), packing, is_chunked=is_chunked)) == content


@given(raw=contents, packing=packings | st.text("gzipdeflatbr, ", max_size=12), is_chunked=st.booleans())
def test_any_bytes_are_a_body_or_a_documented_error(raw: bytes, packing: str, *, is_chunked: bool) -> None:
    with suppress(*DOCUMENTED):
        assert len(body.read(received(raw, packing, is_chunked=is_chunked))) <= settings.MAX_UNPACKED_BYTES


@given(content=contents, packing=packings, place=st.integers(0, 3000), damage=st.binary(max_size=6), cut=st.booleans())
def test_a_damaged_body_is_a_body_or_a_documented_error(
    content: bytes, packing: str, place: int, damage: bytes, *, cut: bool
) -> None:
    packed = PACKERS[packing](content)
    broken = packed[:place] + damage + (b"" if cut else packed[place + len(damage) :])
    with suppress(*DOCUMENTED):
        assert len(body.read(received(broken, packing))) <= settings.MAX_UNPACKED_BYTES


@override_settings(MAX_UNPACKED_BYTES=10_000)
@pytest.mark.parametrize("packing", ["gzip", "deflate", "zstd"])
def test_a_body_that_unpacks_to_more_than_the_limit_is_refused(packing: str) -> None:
    with pytest.raises(body.BodyTooLargeError, match="10000 bytes unpacked"):
        body.read(received(PACKERS[packing](b" " * 10_001), packing))
    assert len(body.read(received(PACKERS[packing](b" " * 10_000), packing))) == 10_000
