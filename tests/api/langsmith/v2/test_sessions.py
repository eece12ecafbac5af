"""Projects in version 2."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from annotation.domain.projects import projects
from annotation.models import Project
from tests.api.langsmith.conftest import AGENT, Sdk
from tests.factories.datasets import DatasetFactory
from tests.factories.traces import TraceFactory
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db


class Sdk2(Sdk):
    """The same below `/api/v2`."""

    def __call__(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """The answer of any call."""
        client = self._client
        sent = b"" if body is None else json.dumps(body).encode()
        return client.generic(method, f"/api/v2{path}", sent, "application/json", query_params=query)


@pytest.fixture
def sdk2(people: People) -> Sdk2:
    return Sdk2(people.token("ingest", "write"))


def names(sdk: Sdk2, **query: Any) -> list[str]:
    return [row["name"] for row in sdk.ok("GET", "/sessions", **query)["items"]]


def test_what_a_project_is_for_follows_from_its_dataset_and_its_name(people: People, sdk2: Sdk2) -> None:
    dataset = str(DatasetFactory.create(workspace=people.workspace).uuid)
    sdk2.ok("POST", "/sessions", {"type": "EXPERIMENT", "name": "night", "reference_dataset_id": dataset})
    sdk2.ok("POST", "/sessions", {"type": "AGENT", "name": "support/production"})
    made = sdk2.ok("POST", "/sessions", {"type": "PROJECT", "name": "plain", "extra": {"metadata": {"a": 1}}})
    assert (made["type"], made["extra"], "run_count" in made) == ("PROJECT", {"metadata": {"a": 1}}, False)
    assert sdk2("POST", "/sessions", {"name": "x"}).status_code == 422
    assert sdk2("POST", "/sessions", {"name": "plain", "type": "PROJECT"}).status_code == 409
    assert sdk2.ok("POST", "/sessions", {"name": "plain", "type": "PROJECT"}, upsert="true")["id"] == made["id"]
    found = {kind: names(sdk2, type=kind) for kind in ("PROJECT", "AGENT", "EXPERIMENT")}
    assert found == {"PROJECT": ["plain", "booking"], "AGENT": ["support/production"], "EXPERIMENT": ["night"]}
    assert names(sdk2, type=["AGENT", "EXPERIMENT"]) == ["support/production", "night"]
    assert names(sdk2, reference_dataset_id=dataset) == ["night"]


def test_pages_of_projects_meet_in_either_order(people: People, sdk2: Sdk2) -> None:
    for name in ("c", "a", "b"):
        sdk2.ok("POST", "/sessions", {"type": "PROJECT", "name": name})
    orders = {"": "b a c booking", "NAME": "a b booking c"}
    for sort_by, expected in orders.items():
        query: dict[str, Any] = {"page_size": 3} | ({"sort_by": sort_by, "sort_order": "asc"} if sort_by else {})
        first = sdk2.ok("GET", "/sessions", **query)
        rest = sdk2.ok("GET", "/sessions", **query, cursor=first["next_cursor"])
        assert " ".join(row["name"] for row in first["items"] + rest["items"]) == expected
        assert rest["next_cursor"] is None
    assert names(sdk2, name_contains="OOK") == names(sdk2, id=str(people.project.uuid)) == ["booking"]


def test_null_empties_and_keys_of_extra_come_and_go(people: People, sdk2: Sdk2) -> None:
    sent = {"type": "PROJECT", "name": "p", "description": "before", "extra": {"a": 1, "b": 2}}
    address = f"/sessions/{sdk2.ok('POST', '/sessions', sent)['id']}"
    changed = sdk2.ok("PATCH", address, {"extra": {"b": None, "c": 3}, "end_time": "2026-03-02T09:30:00Z"})
    assert (changed["extra"], changed["description"]) == ({"a": 1, "c": 3}, "before")
    assert changed["end_time"] == "2026-03-02T09:30:00.000000+00:00"
    emptied = sdk2.ok("PATCH", address, {"description": None, "extra": None, "end_time": None})
    assert (emptied["description"], emptied["extra"], emptied["end_time"], emptied["name"]) == (None, None, None, "p")
    assert sdk2("PATCH", address, {"name": "booking"}).status_code == 409
    assert sdk2("GET", f"/sessions/{people.other_project.uuid}").status_code == 404


def test_statistics_come_with_the_cost_as_a_number(people: People, sdk2: Sdk2) -> None:
    TraceFactory.create(project=people.project, run_count=2, input_tokens=3, cost="0.0000012", latency_ms=1000)
    [said] = sdk2.ok("GET", "/sessions", include_stats="true")["items"]
    assert (said["run_count"], said["total_cost"], said["latency_p50"]) == (2, 0.0000012, 1.0)


@pytest.mark.parametrize(
    ("query", "status"),
    [({"filter": "x"}, 501), ({"sort_by": "ERROR_RATE"}, 501), ({"type": "x"}, 422), ({"cursor": "x"}, 400),
     ({"page_size": "101"}, 400), ({"id": "x"}, 422)],
)  # fmt: skip
def test_what_cannot_be_listed_is_refused(sdk2: Sdk2, query: dict[str, str], status: int) -> None:
    answer = sdk2("GET", "/sessions", **query)
    assert (answer.status_code, list(answer.json())) == (status, ["detail"])


def test_a_page_costs_the_same_however_long(people: People, sdk2: Sdk2) -> None:
    counts = []
    for _ in range(2):
        sdk2.ok("POST", "/sessions", {"type": "PROJECT", "name": str(uuid4())})
        with CaptureQueriesContext(connection) as queries:
            sdk2.ok("GET", "/sessions", include_stats="true")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_address_leads_to_its_project(people: People, sdk: Sdk) -> None:
    dataset = DatasetFactory.create(workspace=people.workspace)
    agent = Project.objects.create(workspace=people.workspace, name="support/production", slug="s")
    night = Project.objects.create(workspace=people.workspace, name="night", slug="n", reference_dataset=dataset)
    elsewhere = Project.objects.create(workspace=people.elsewhere, name="other/production", slug="o")

    def resolved(**query: Any) -> Any:
        answer = sdk("GET", "/sessions/resolutions", **query)
        return answer.json().get("session_id", answer.status_code)

    assert resolved(kind="AGENT", id="support", environment="PRODUCTION") == str(agent.uuid)
    assert resolved(kind="experiment", id=str(night.uuid)) == str(night.uuid)
    wrongs: dict[str, dict[str, str]] = {
        "environment": {"kind": "AGENT", "id": "support", "environment": "STAGING"},
        "tenant": {"kind": "AGENT", "id": "other", "environment": "PRODUCTION"},
        "not an experiment": {"kind": "EXPERIMENT", "id": str(agent.uuid)},
        "evaluators": {"kind": "EVALUATOR"},
        "nothing": {"kind": "AGENT"},
    }
    assert {name: resolved(**query) for name, query in wrongs.items()} == dict.fromkeys(wrongs, 404)
    assert (elsewhere.name, resolved(kind="x"), resolved(kind="EXPERIMENT", id="x")) == ("other/production", 422, 422)


def test_a_key_of_one_project_resolves_no_other(people: People) -> None:
    Project.objects.create(workspace=people.workspace, name="support/production", slug="s")
    mine = Client(headers={"x-api-key": people.token("read", project=people.project), "user-agent": AGENT})
    query = {"kind": "AGENT", "id": "support", "environment": "PRODUCTION"}
    assert mine.get("/api/v1/sessions/resolutions", query).status_code == 404


def test_keys_of_extra_that_somebody_else_set_meanwhile_stay(people: People) -> None:
    stale = Project.objects.get(pk=people.project.pk)
    projects.change(project=people.project, by=people.admin, extra_keys={"a": 1, "c": 1})
    with CaptureQueriesContext(connection) as queries:
        projects.change(project=stale, by=people.admin, extra_keys={"b": 2, "c": None})
    assert Project.objects.get(pk=stale.pk).extra == stale.extra == {"a": 1, "b": 2}
    assert any("FOR NO KEY UPDATE" in query["sql"] for query in queries)
