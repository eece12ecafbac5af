"""Datasets over the REST interface."""

import json
from typing import Any

import pytest
from django.test import Client

from annotation.models import ApiKey
from tests.factories import RunFactory
from tests.fixtures.people import People

Scope = ApiKey.Scope
BASE = "/api/v1/datasets"


@pytest.fixture
def api(people: People) -> Client:
    return people.api(Scope.WRITE)


def sent(client: Client, method: str, path: str, body: Any = None, status: int = 200) -> Any:
    answer = client.generic(method, BASE + path, "" if body is None else json.dumps(body), "application/json")
    assert answer.status_code == status, answer.content
    return answer.json() if answer.content else None


@pytest.fixture
def dataset(api: Client) -> str:
    return str(sent(api, "POST", "", {"name": "Refunds", "schema": {"outputs": {"type": "string"}}}, 201)["id"])


def test_rows_are_added_changed_removed_and_read_in_any_version(api: Client, dataset: str) -> None:
    rows = [{"inputs": {"q": 1}, "outputs": "a"}, {"inputs": {"q": 2}, "outputs": "b", "split": "test"}]
    made = sent(api, "POST", f"/{dataset}/examples", {"examples": rows, "message": "First"}, 201)["results"]
    first, second = (row["id"] for row in made)
    changed = sent(api, "PATCH", f"/{dataset}/examples/{first}", {"outputs": "better", "seen_version": 1})
    sent(api, "DELETE", f"/{dataset}/examples/{second}", status=204)

    assert (changed["inputs"], changed["outputs"], changed["version"]) == ({"q": 1}, "better", 2)
    outputs = [
        [row["outputs"] for row in sent(api, "GET", f"/{dataset}/examples?version={number}")["results"]]
        for number in range(4)
    ]
    assert outputs == [[], ["a", "b"], ["better", "b"], ["better"]]
    assert sent(api, "GET", f"/{dataset}/examples/{second}?version=1")["split"] == "test"
    sent(api, "GET", f"/{dataset}/examples/{second}", status=404)
    versions = sent(api, "GET", f"/{dataset}/versions")["results"]
    assert [(one["number"], one["message"], one["example_count"]) for one in versions] == [
        (3, "", 1),
        (2, "", 2),
        (1, "First", 2),
    ]
    assert sent(api, "GET", f"/{dataset}")["version"] == 3


def test_what_does_not_fit_is_refused_whole(api: Client, dataset: str) -> None:
    rows = [{"inputs": 1, "outputs": "a"}, {"inputs": 2, "outputs": 3}]

    error = sent(api, "POST", f"/{dataset}/examples", {"examples": rows}, 400)["error"]

    assert error["code"] == "invalid_row"
    assert error["fields"] == {"outputs": ["$: 3 is not of type 'string'"]}
    assert sent(api, "GET", f"/{dataset}")["example_count"] == 0


def test_a_stale_change_conflicts(api: Client, dataset: str) -> None:
    (row,) = sent(api, "POST", f"/{dataset}/examples", {"examples": [{"inputs": 1}]}, 201)["results"]
    sent(api, "PATCH", f"/{dataset}/examples/{row['id']}", {"inputs": 2})

    error = sent(api, "PATCH", f"/{dataset}/examples/{row['id']}", {"inputs": 3, "seen_version": 1}, 409)["error"]

    assert error["code"] == "changed_meanwhile"


def test_a_run_is_taken_as_a_row(api: Client, dataset: str, people: People) -> None:
    run = RunFactory(trace__project=people.project, inputs={"q": 1}, outputs="a")
    body = {"trace_id": str(run.trace.uuid), "run_id": str(run.uuid)}

    (row,) = sent(api, "POST", f"/{dataset}/examples", body, 201)["results"]

    assert (row["outputs"], row["provenance"]["origin"], row["provenance"]["run_id"]) == ("a", "run", str(run.uuid))
    sent(api, "POST", f"/{dataset}/examples", {"trace_id": str(run.uuid)}, 404)


def test_a_version_is_exported(api: Client, dataset: str) -> None:
    sent(api, "POST", f"/{dataset}/examples", {"examples": [{"inputs": "=1+1", "outputs": "é"}]}, 201)

    lines = api.get(f"{BASE}/{dataset}/export?version=1")
    table = api.get(f"{BASE}/{dataset}/export?format=csv")

    (line,) = b"".join(lines.streaming_content).splitlines()  # type: ignore[attr-defined]
    assert json.loads(line)["outputs"] == "é"
    assert lines["Content-Type"] == "application/jsonl; charset=utf-8"
    assert b",'=1+1," in b"".join(table.streaming_content)  # type: ignore[attr-defined]
    assert api.get(f"{BASE}/{dataset}/export?version=2").json()["error"]["code"] == "not_found"
    assert api.get(f"{BASE}/{dataset}/export?format=xml").json()["error"]["fields"] == {
        "format": ["'xml' is not one of jsonl, csv."]
    }


def test_names_are_taken_once_and_archived_datasets_stay_as_they_are(api: Client, dataset: str) -> None:
    assert sent(api, "POST", "", {"name": "refunds"}, 409)["error"]["code"] == "name_taken"
    assert sent(api, "GET", "?name=REFUNDS")["results"][0]["id"] == dataset

    archived = sent(api, "PATCH", f"/{dataset}", {"is_archived": True, "description": "Old"})
    assert archived["archived_at"]
    assert archived["description"] == "Old"
    refused = sent(api, "POST", f"/{dataset}/examples", {"examples": [{"inputs": 1}]}, 409)
    assert refused["error"]["code"] == "dataset_archived"


def test_a_schema_refers_to_nothing_outside(api: Client) -> None:
    schema = {"inputs": {"$ref": "http://127.0.0.1:9/schema.json"}}
    made = sent(api, "POST", "", {"name": "Far", "schema": schema}, 201)["id"]

    error = sent(api, "POST", f"/{made}/examples", {"examples": [{"inputs": 1}]}, 400)["error"]

    assert "which is not part of it" in error["fields"]["inputs"][0]


def test_rows_are_taken_as_a_list_or_alone_too(api: Client, dataset: str) -> None:
    sent(api, "POST", f"/{dataset}/examples", {"inputs": {"q": 1}, "outputs": "a"}, 201)
    sent(api, "POST", f"/{dataset}/examples", [{"inputs": 2}, {"inputs": 3, "outputs": "c"}], 201)
    rows = sent(api, "GET", f"/{dataset}/examples")["results"]
    assert [(row["inputs"], row["outputs"]) for row in rows] == [({"q": 1}, "a"), (2, None), (3, "c")]
    sent(api, "POST", f"/{dataset}/examples", [], 400)
