"""What the SDKs ask first, under each form of address, and how refusals look."""

from __future__ import annotations

import pytest
from django.test import Client

from annotation.api.langsmith import aliases
from tests.fixtures.people import People


@pytest.mark.parametrize("base", ["/api/v1", "/api", ""])
def test_everybody_gets_the_switches_under_each_form_of_address(db: None, base: str) -> None:
    answer = Client(headers={"x-api-key": "wrong"}).get(f"{base}/info")
    assert answer.status_code == 200
    said = answer.json()
    assert said["version"] == "0.18.0"
    assert said["batch_ingest_config"]["use_multipart_endpoint"] is True
    assert said["batch_ingest_config"]["size_limit_bytes"] == 20 * 1024 * 1024
    assert said["instance_flags"]["zstd_compression_enabled"] is True


@pytest.mark.parametrize(
    "address", ["/", "/api/", "/api/v1/traces", "/w/acme/traces/", "/v1/traces", "/infos", "/healthz"]
)
def test_other_addresses_mean_what_they_say(address: str) -> None:
    assert aliases.canonical(address) is None


def test_a_slash_at_the_end_is_forgiven(people: People) -> None:
    assert people.api().get("/api/info/").status_code == 200
    assert people.api().get("/api/v1/info/").status_code == 200


UNKNOWN = [
    "/repos/-/x",
    "/api/v1/repos/-/x",
    "/api/v1/datasets",
    "/datasets",
    "/v1/platform/evaluators",
    "/api/v2/datasets",
    "/w/x",
]


@pytest.mark.parametrize("address", UNKNOWN)
@pytest.mark.parametrize("agent", ["langsmith-py/0.15.1-httpx", "AsyncLangsmith/Python 0.15.1", "langsmith-js/0.12.0"])
def test_what_is_not_served_is_refused_in_the_protocol_and_never_by_a_page(
    people: People, address: str, agent: str
) -> None:
    sdk = Client(headers={"x-api-key": people.token("ingest", "write"), "user-agent": agent})
    for answer in (sdk.get(address), sdk.post(address, {"a": 1}, "application/json"), sdk.patch(address)):
        assert (answer.status_code, list(answer.json())) == (404, ["detail"])
        assert f"{address} is not served here" in answer.json()["detail"]


@pytest.mark.parametrize("address", ["/nowhere", "/api/v2/nowhere", "/api/v1/nowhere", "/api/nowhere"])
def test_any_program_gets_json_for_an_unknown_address_and_a_person_a_page(people: People, address: str) -> None:
    for headers in ({"x-api-key": "wrong"}, {"authorization": "Bearer wrong"}):
        said = Client(headers=headers).get(address)
        assert (said.status_code, said.json()["detail"], said.json()["error"]["code"]) == (
            404, "There is no such address.", "not_found",
        )  # fmt: skip
    seen = Client().get(address)
    kind = "application/json" if address.startswith("/api/") else "text/html"
    assert (seen.status_code, seen["Content-Type"].partition(";")[0]) == (404, kind)


def test_an_sdk_keeps_what_is_served_under_its_name(people: People) -> None:
    sdk = Client(headers={"x-api-key": people.token("ingest", "write"), "user-agent": "langsmith-py/0.15.1"})
    assert sdk.get("/api/v1/info/").status_code == sdk.get("/sessions").status_code == 200
    for base in ("", "/otel", "/api/v1/otel"):
        for kind in ("traces", "logs", "claude_code"):
            assert sdk.post(f"{base}/v1/{kind}", b"{}", "application/json").status_code == 200, (base, kind)


@pytest.mark.parametrize("agent", ["acme/1.0 (like langsmith-py/0.15.1)", "python-httpx/0.28 langsmith", ""])
def test_who_only_mentions_the_sdk_has_our_own_interface(people: People, agent: str) -> None:
    program = Client(headers={"x-api-key": people.token(), "user-agent": agent})
    assert program.get("/api/v1/me").json()["workspace"]["slug"] == "acme"
    assert program.get("/api/v1/feedback").json()["results"] == []
