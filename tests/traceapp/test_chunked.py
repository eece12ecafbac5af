"""Bodies in chunks arrive whole through gunicorn, bounded; small answers come at once."""

import http.client
import json
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from annotation.models import ApiKey, Feedback
from tests.fixtures.people import People


def connect(address: str) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)


def pieces(body: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


def post(address: str, token: str, body: Iterator[bytes]) -> tuple[int, bytes]:
    connection = connect(address)
    headers = {"Content-Type": "application/json", "x-api-key": token, "Transfer-Encoding": "chunked"}
    connection.request("POST", "/api/v1/feedback", body=body, headers=headers, encode_chunked=True)
    response = connection.getresponse()
    answer = response.status, response.read()
    connection.close()
    return answer


def test_a_body_in_chunks_is_read_whole(live: str, people: People) -> None:
    feedback = {
        "trace_id": "0af76519-16cd-43dd-8448-eb211c80319c",
        "project": "booking",
        "key": "thumbs",
        "score": 1,
        "comment": "in pieces " * 500,
    }
    status, answer = post(live, people.token(ApiKey.Scope.WRITE), pieces(json.dumps(feedback).encode(), 100))
    assert (status, Feedback.objects.get().comment) == (201, feedback["comment"]), answer


@pytest.mark.django_db(transaction=True)
def test_a_body_beyond_the_limit_is_refused(live: str, people: People) -> None:
    piece = b" " * 1024 * 1024
    too_long = (piece for _ in range(settings.MAX_BODY_BYTES // len(piece) + 1))
    status, answer = post(live, people.token(ApiKey.Scope.WRITE), too_long)
    assert (status, answer) == (
        413,
        f"The body is longer than {settings.MAX_BODY_BYTES} bytes. Send smaller batches.\n".encode(),
    )


def test_small_answers_on_a_kept_connection_are_not_delayed(live: str) -> None:
    connection, times = connect(live), []
    for _ in range(20):
        started = time.perf_counter()
        connection.request("GET", "/healthz")
        assert connection.getresponse().read() == b"ok\n"
        times.append(time.perf_counter() - started)
    connection.close()
    assert sorted(times)[10] < 0.03
