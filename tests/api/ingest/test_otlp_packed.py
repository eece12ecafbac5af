"""Packed bodies at the address for exporters: every packing, broken ones, bombs."""

import gzip
import resource
import zlib

import pytest
import zstandard
from django.test import RequestFactory, override_settings
from hypothesis import given
from hypothesis import strategies as st

from annotation.api.ingest.body import UnreadableBodyError
from annotation.api.ingest.body import read as read_body
from annotation.models import Run
from tests.api.ingest.test_otlp import JSON, PROTOBUF, post, reason
from tests.api.ingest.test_packings import PACKERS
from tests.fixtures.people import People
from tests.fixtures.spans import request, span

pytestmark = pytest.mark.django_db


def bare_deflate(body: bytes) -> bytes:
    return zlib.compress(body)[2:-4]


@pytest.mark.parametrize("packing", PACKERS)
def test_every_packing(people: People, packing: str) -> None:
    body = PACKERS[packing](request([span(number) for number in range(1, 200)]))
    assert post(people, body, content_encoding=packing.upper()).status_code == 200
    assert Run.objects.count() == 199


def test_deflate_without_its_header_and_zstd_in_frames(people: People) -> None:
    assert post(people, bare_deflate(request([span(1)])), content_encoding="deflate").status_code == 200
    body = request([span(2)])
    frames = zstandard.compress(body[:10]) + zstandard.compress(body[10:])
    assert post(people, frames, content_encoding="zstd").status_code == 200
    assert sorted(Run.objects.values_list("name", flat=True)) == ["span 1", "span 2"]


@override_settings(MAX_BODY_BYTES=1000, MAX_UNPACKED_BYTES=1000)
@pytest.mark.parametrize("content_type", [PROTOBUF, JSON])
def test_too_large_packed_or_unpacked(people: People, content_type: str) -> None:
    plain = post(people, b" " * 1001, content_type)
    bombs = [
        post(people, pack(b" " * size), content_type, content_encoding=name)
        for name, pack in PACKERS.items()
        if name != "identity"
        for size in (1001, 500_000)
    ]
    two = post(people, gzip.compress(b" " * 600) * 2, content_type, content_encoding="gzip")
    assert len(bombs) == 8
    for answer in (plain, *bombs, two):
        assert (answer.status_code, answer["content-type"]) == (413, content_type)
        assert "1000 bytes" in reason(answer)


@override_settings(MAX_UNPACKED_BYTES=1_000_000)
def test_a_bomb_is_not_unpacked_further_than_the_limit(people: People) -> None:
    """Frames of blocks that each repeat one byte: 32,000 times what is sent."""
    bomb = zstandard.ZstdCompressor(level=1).compress(bytes(2_000_000_000 // 8))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert post(people, bomb, content_encoding="zstd").status_code == 413
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # KiB


@pytest.mark.parametrize("packing", ["gzip", "deflate", "zstd"])
def test_broken_packing(people: People, packing: str) -> None:
    whole = PACKERS[packing](b"cut off in the middle" * 100)
    for body in (b"not packed", whole[:-9], whole[:3]):
        answer = post(people, body, content_encoding=packing)
        assert (answer.status_code, packing in reason(answer)) == (400, True)


@given(
    st.sampled_from(["gzip", "deflate", "zstd"]), st.binary(max_size=300), st.integers(0, 300), st.binary(max_size=9)
)
def test_unpackers_give_the_body_or_say_why_not(packing: str, body: bytes, at: int, noise: bytes) -> None:
    packed = PACKERS[packing](body)
    damaged = packed[:at] + noise + packed[at:]
    sent = RequestFactory().post("/", damaged, content_type=PROTOBUF, headers={"content-encoding": packing})
    try:
        got = read_body(sent)
    except UnreadableBodyError:
        assert damaged != packed
    else:
        assert got == body or damaged != packed
