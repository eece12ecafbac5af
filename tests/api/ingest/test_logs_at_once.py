"""Spans and their log records at the same moment, from many threads: after the sweep all are joined, none twice."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from annotation.domain.ingest import receive_logs
from annotation.models import Feedback, LogRecord, Run, Trace
from tests.fixtures.logs import log_request, record
from tests.fixtures.people import People
from tests.fixtures.spans import request, span


@pytest.mark.django_db(transaction=True)
def test_spans_and_logs_of_many_traces_at_once(people: People) -> None:
    headers = {"x-api-key": people.token("ingest")}
    sent = []
    for number in range(1, 7):
        trace, response = number.to_bytes(16), f"resp-{number}"
        attributes = {"gen_ai.operation.name": "chat", "gen_ai.response.id": response}
        messages = [
            record("gen_ai.user.message", span=1, trace=trace, at=n, body={"content": f"{n}"}) for n in range(3)
        ]
        verdict = {"gen_ai.evaluation.name": "k", "gen_ai.evaluation.score.value": 1.0, "gen_ai.response.id": response}
        sent += [
            ("traces", request([span(1, trace=trace, attributes=attributes)])),
            ("logs", log_request(messages[:2])),
            ("logs", log_request(messages[1:])),
            ("logs", log_request([record("gen_ai.evaluation.result", attributes=verdict)])),
        ]
    random.Random(7).shuffle(sent)

    def post(signal: str, body: bytes) -> int:
        try:
            answer = Client().post(f"/v1/{signal}", body, content_type="application/x-protobuf", headers=headers)
            return answer.status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda one: post(*one), [*sent, *sent]))
    assert set(answers) <= {200, 429}
    assert all(post(*one) == 200 for one, status in zip([*sent, *sent], answers, strict=True) if status != 200)
    receive_logs.sweep(now=timezone.now())
    assert LogRecord.objects.count() == 6 * 4
    assert not LogRecord.objects.filter(is_joined=False).exists()
    for run in Run.objects.all():
        assert [message["parts"][0]["text"] for message in run.messages] == ["0", "1", "2"]
    assert set(Trace.objects.values_list("run_count", "input")) == {(1, "2")}
    judged = list(Feedback.objects.values_list("run_uuid", flat=True))
    assert (len(judged), set(judged)) == (6, set(Run.objects.values_list("uuid", flat=True)))
