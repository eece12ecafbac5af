"""Agents' addresses, as the SDKs write them on the wire."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.domain.ingest.langsmith import address
from annotation.domain.ingest.langsmith.state import UnusableRunError, read

RUN = {"id": "018f6b0a-7d3a-7c11-8e5b-000000000001", "name": "a", "run_type": "chain"}


@given(st.from_regex(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?", fullmatch=True), st.sampled_from(address.ENVIRONMENTS))
def test_both_forms_name_one_project(agent: str, environment: str) -> None:
    written = f"lrn:agents/{agent}/environments/{environment}"
    assert (
        address.named(written)
        == address.named({"kind": "AGENT", "id": agent, "environment": environment.upper()})
        == address.project_name(agent, environment.upper())
        == f"{agent}/{environment}"
    )
    assert address.is_of_agent(f"{agent}/{environment}")


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "a/production",
        "lrn:agents/A/environments/production",
        "lrn:agents/a/environments/moon",
        {"id": "a"},
        {},
        1,
        [],
    ],
)
def test_what_is_no_address_makes_no_project(wrong: Any) -> None:
    assert address.named(wrong) is None
    with pytest.raises(UnusableRunError, match="address has to be lrn:agents/"):
        read(RUN | {"address": wrong}, is_post=True)


def test_a_run_goes_to_its_agents_project_and_else_to_the_one_that_it_names() -> None:
    sent = RUN | {"address": "lrn:agents/support/environments/production"}
    assert read(sent, is_post=True).said.project == "support/production"
    assert read(RUN | {"session_name": "mine"}, is_post=True).said.project == "mine"
    assert read(RUN | {"address": None}, is_post=True).said.project is None
    assert not address.is_of_agent("support/production2")
    assert re.search(address.NAME, "support/staging")
