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
