"""Projects as the SDKs make, find and change them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotation.domain.projects import workspaces
from annotation.models import Job, Project
from tests.api.langsmith.conftest import Sdk
from tests.factories.datasets import DatasetFactory
from tests.factories.traces import STARTED_AT, TraceFactory
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db


def new(**fields: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "name": "evals", "extra": None, "description": None} | fields


def test_a_project_is_made_and_read_as_sent(people: People, sdk: Sdk) -> None:
    sent = new(extra={"metadata": {"dataset_version": "v1"}}, description="of the night")
    made = sdk.ok("POST", "/sessions", sent)
    assert datetime.fromisoformat(made.pop("start_time")) > datetime.now(UTC) - timedelta(minutes=1)
    assert made == {
        "id": sent["id"],
        "tenant_id": str(people.workspace.uuid),
        "name": "evals",
        "description": "of the night",
        "end_time": None,
        "extra": {"metadata": {"dataset_version": "v1"}},
        "reference_dataset_id": None,
        "default_dataset_id": None,
        "trace_tier": None,
    }
    read = sdk.ok("GET", f"/sessions/{sent['id']}")
    assert read.pop("start_time")
    assert read == made


def test_a_taken_name_is_refused_unless_upserted_and_the_same_again_is_once(people: People, sdk: Sdk) -> None:
    sent = new()
    for _ in range(2):
        sdk.ok("POST", "/sessions", sent)
    taken = sdk("POST", "/sessions", new())
    assert (taken.status_code, "evals" in taken.json()["detail"]) == (409, True)
    same = sdk.ok("POST", "/sessions", new(description="again"), upsert="True")
    assert (same["id"], same["description"]) == (sent["id"], "again")
    assert sdk("POST", "/sessions", new(id=sent["id"], name="another")).status_code == 409
    assert sdk("POST", "/sessions", new(id=str(people.other_project.uuid), name="another")).status_code == 409


def test_a_project_with_a_reference_dataset(people: People, sdk: Sdk) -> None:
    dataset, foreign = (
        DatasetFactory.create(workspace=people.workspace),
        DatasetFactory.create(workspace=people.elsewhere),
    )
    made = sdk.ok("POST", "/sessions", new(reference_dataset_id=str(dataset.uuid)))
    assert made["reference_dataset_id"] == str(dataset.uuid)
    names = {
        name: [row["name"] for row in sdk.ok("GET", "/sessions", **query)]
        for name, query in {
            "of": {"reference_dataset": str(dataset.uuid)}, "free": {"reference_free": "true"}, "bound": {"reference_free": "False"},
        }.items()
    }  # fmt: skip
    assert names == {"of": ["evals"], "free": ["booking"], "bound": ["evals"]}
    assert sdk("POST", "/sessions", new(name="x", reference_dataset_id=str(foreign.uuid))).status_code == 404


def test_projects_are_found(people: People, sdk: Sdk) -> None:
    sdk.ok("POST", "/sessions", new(extra={"metadata": {"git": "abc", "n": 1}}))

    def names(**query: Any) -> list[str]:
        return [row["name"] for row in sdk.ok("GET", "/sessions", **query)]

    assert names() == ["evals", "booking"]
    assert names(limit=1, offset=1) == ["booking"]
    assert names(name="eval") == []
    assert names(name="evals") == ["evals"]
    assert names(name_contains="OOK") == ["booking"]
    assert names(id=[str(people.project.uuid), str(people.other_project.uuid)]) == ["booking"]
    assert names(metadata=json.dumps({"git": "abc"})) == ["evals"]
    assert names(metadata=json.dumps({"git": "abd"})) == []
    assert names(sort_by="name", sort_by_desc="false") == ["booking", "evals"]
    assert sdk("GET", "/sessions", metadata="[1]").status_code == 422


def test_a_change_leaves_what_is_null(people: People, sdk: Sdk) -> None:
    sent = new(description="before", extra={"metadata": {"a": 1}})
    sdk.ok("POST", "/sessions", sent)
    body = {
        "name": None,
        "description": None,
        "extra": {"metadata": {"a": 2}},
        "end_time": "2026-03-02T09:30:00.000001Z",
    }
    changed = sdk.ok("PATCH", f"/sessions/{sent['id']}", body)
    assert (changed["name"], changed["description"]) == ("evals", "before")
    assert (changed["extra"], changed["end_time"]) == ({"metadata": {"a": 2}}, "2026-03-02T09:30:00.000001+00:00")
    assert sdk("PATCH", f"/sessions/{sent['id']}", {"name": "booking"}).status_code == 409
    wrongs: list[dict[str, Any]] = [
        {"name": 1},
        {"extra": []},
        {"end_time": "soon"},
        {"name": "n" * 201},
        {"description": 1},
    ]
    for wrong in wrongs:
        assert sdk("PATCH", f"/sessions/{sent['id']}", wrong).status_code == 422


def test_statistics_are_told_when_asked_for(people: People, sdk: Sdk) -> None:
    for number in (1, 2, 3):
        TraceFactory.create(
            project=people.project,
            run_count=number,
            input_tokens=10,
            output_tokens=5,
            cost=Decimal("0.00125"),
            latency_ms=1000 * number,
            status="error" if number == 1 else "ok",
            started_at=STARTED_AT + timedelta(seconds=number),
        )
    said = sdk.ok("GET", f"/sessions/{people.project.uuid}", include_stats="True")
    stats = {name: said[name] for name in said if name.startswith(("run", "latency", "total", "error", "last"))}
    assert stats == {
        "run_count": 6,
        "total_tokens": 45,
        "total_cost": "0.00375",
        "error_rate": pytest.approx(1 / 3),
        "last_run_start_time": "2026-03-02T09:30:03.000000+00:00",
        "latency_p50": 2.0,
        "latency_p99": pytest.approx(2.98),
    }
    assert "run_count" not in sdk.ok("GET", f"/sessions/{people.project.uuid}", include_stats="False")


def test_a_list_with_statistics_costs_the_same_however_long(people: People, sdk: Sdk) -> None:
    counts = []
    for _ in range(2):
        sdk.ok("POST", "/sessions", new(name=str(uuid4())))
        with CaptureQueriesContext(connection) as queries:
            sdk.ok("GET", "/sessions", include_stats="true")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_workspace_begins_with_the_project_default_and_tells_of_itself(people: People) -> None:
    made = workspaces.create(name="New", by=people.admin)
    assert [project.name for project in Project.objects.filter(workspace=made)] == ["default"]
    said = Sdk(people.token("read")).ok("GET", "/settings")
    assert said == {
        "id": str(people.workspace.uuid),
        "display_name": "Acme",
        "created_at": people.workspace.created_at.isoformat(),
        "tenant_handle": None,
    }


def test_a_key_of_one_project_makes_no_other(people: People) -> None:
    mine = Sdk(people.token("ingest", "read", project=people.project))
    assert [row["name"] for row in mine.ok("GET", "/sessions")] == ["booking"]
    assert mine("POST", "/sessions", new()).status_code == 403
    assert mine.ok("POST", "/sessions", new(name="booking"), upsert="true")["id"] == str(people.project.uuid)


def test_a_deleted_project_is_gone_at_once_and_its_name_is_free(people: People, sdk: Sdk) -> None:
    made = sdk.ok("POST", "/sessions", new())
    TraceFactory.create(project=Project.objects.get(uuid=made["id"]))
    answer = sdk("DELETE", f"/sessions/{made['id']}")
    assert (answer.status_code, answer.json()["job_id"]) == (202, str(Job.objects.get().uuid))
    assert [sdk(method, f"/sessions/{made['id']}").status_code for method in ("GET", "DELETE")] == [404, 404]
    assert sdk.ok("GET", "/sessions", name="evals") == []
    run = {"id": str(uuid4()), "name": "a", "run_type": "chain", "start_time": "2026-03-02T09:30:00Z"}
    refused = sdk("POST", "/runs", run | {"session_id": made["id"]})
    assert (refused.status_code, "session_id names no project" in refused.json()["detail"]) == (403, True)
    again = sdk.ok("POST", "/sessions", new())
    assert (again["name"], again["id"] != made["id"]) == ("evals", True)
