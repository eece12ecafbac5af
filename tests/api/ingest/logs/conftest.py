"""A program that sends."""

from typing import Any

import pytest
from django.test import Client

from tests.api.ingest.logs.sending import PROTOBUF, Send
from tests.fixtures.people import People


@pytest.fixture
def send(people: People) -> Send:
    """`send("traces", body)` with a key for the whole workspace."""
    token = people.token("ingest")

    def post(signal: str, body: bytes) -> Any:
        answer = Client().post(f"/v1/{signal}", body, content_type=PROTOBUF, headers={"x-api-key": token})
        assert answer.status_code == 200, answer.content
        return answer

    return post
