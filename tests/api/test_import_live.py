"""An import asked for over HTTP and done by a real worker."""

import time

import pytest

from annotation.models import Run, Trace
from tests.domain.imports.test_import import lines, record
from tests.fixtures.people import People


@pytest.mark.django_db(transaction=True)
def test_a_worker_imports_what_was_sent(worker: None, people: People) -> None:
    client = people.api("write")
    body = lines(*(record(number) for number in range(50)))
    sent = client.post("/api/v1/traces/import?project=flights&group=task&score=won", body, "application/x-ndjson")
    until = time.monotonic() + 20
    while (job := client.get(f"/api/v1/jobs/{sent.json()['id']}").json())["status"] in ("waiting", "running"):
        assert time.monotonic() < until, job
        time.sleep(0.1)
    assert (job["status"], job["done_count"], job["result"]) == ("done", 50, {"imported": 50})
    assert (Trace.objects.count(), Run.objects.count()) == (50, 150)
