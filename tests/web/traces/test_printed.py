"""The links that LangSmith's SDKs print lead to the pages."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from annotation.models import Trace
from tests.factories.traces import RunFactory, TraceFactory
from tests.fixtures.people import People


def test_a_printed_link_leads_to_the_step_and_to_the_projects_traces(people: People) -> None:
    trace: Trace = TraceFactory(project=people.project, name="handle message")
    run = RunFactory(trace=trace, name="look up")
    client = people.client(people.viewer)
    base = f"/o/{people.workspace.uuid}/projects/p/{people.project.uuid}"
    answer = client.get(f"{base}/r/{run.uuid}?poll=true")
    assert answer["Location"] == f"/w/acme/traces/{trace.uuid}/?step={run.uuid}"
    assert "look up" in client.get(answer["Location"]).content.decode()
    listed = client.get(base)["Location"]
    assert parse_qs(urlsplit(listed).query) == {"filter": ["project is booking"]}
    assert "handle message" in client.get(listed).content.decode()


def test_somebody_elses_link_leads_nowhere(people: People) -> None:
    run = RunFactory(trace=TraceFactory(project=people.project))
    base = f"/o/{people.workspace.uuid}/projects/p/{people.project.uuid}"
    for address in (base, f"{base}/r/{run.uuid}"):
        assert people.client(people.outsider).get(address).status_code == 404
