"""The pages of prices, and the same over the REST interface."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from annotation.models import Job, ModelPrice
from tests.domain.ingest.test_store import key_of, send
from tests.factories import ModelPriceFactory
from tests.fixtures.people import People
from tests.fixtures.spans import TRACE, call

pytestmark = pytest.mark.django_db
BASE = "/w/acme/settings/prices/"
GIVEN = {"model": "small", "provider": "", "input": "2", "output": "8.5", "valid_from": "2026-03-01"}


@pytest.fixture
def admin(people: People) -> Client:
    return people.client(people.admin)


def test_a_price_is_added_changed_ended_and_deleted(admin: Client) -> None:
    assert "No prices yet" in admin.get(BASE).content.decode()
    added = admin.post(f"{BASE}new/", {**GIVEN, "is_succeeding": "on"})
    assert added["Location"] == f"{BASE}recompute/?since=2026-03-01"
    price = ModelPrice.objects.get()
    page = admin.get(BASE).content.decode()
    assert "$8.50" in page
    assert 'value="8.5"' in admin.get(f"{BASE}{price.uuid}/").content.decode()
    ended = (timezone.now().date() - timedelta(days=1)).isoformat()
    admin.post(f"{BASE}{price.uuid}/", {**GIVEN, "cache_read": "0.25", "valid_to": ended})
    price.refresh_from_db()
    assert (price.cache_read, str(price.valid_to)) == (Decimal("0.25"), ended)
    assert "<code>small</code>" not in admin.get(BASE).content.decode()
    assert "ended" in admin.get(f"{BASE}?ended=1&q=SMA").content.decode()
    admin.post(f"{BASE}{price.uuid}/delete/")
    assert not ModelPrice.objects.exists()


def test_a_price_that_overlaps_is_shown_again_with_what_to_do(people: People, admin: Client) -> None:
    ModelPriceFactory(workspace=people.workspace, model="small", valid_from=date(2026, 2, 1))
    page = admin.post(f"{BASE}new/", GIVEN)
    assert page.status_code == 422
    html = page.content.decode()
    assert "Another price of this model holds from 01 Feb 2026 without an end: end that one first" in html
    assert 'value="8.5"' in html


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_one_as_for_three(
    people: People, admin: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for _ in range(count):
        ModelPriceFactory(workspace=people.workspace)
    with django_assert_num_queries(4):
        assert admin.get(BASE).content.decode().count("<tr>") == count + 1


def test_a_file_is_brought_in_and_what_it_lacks_is_said(admin: Client) -> None:
    file = SimpleUploadedFile("prices.csv", b"model,input,output\nsmall,2,8\n<b>,x,1\n")
    page = admin.post(f"{BASE}import/", {"file": file, "valid_from": "2026-03-01"})
    assert page.status_code == 200
    html = page.content.decode()
    assert "input is not a number: x" in html
    assert ModelPrice.objects.get().model == "small"
    bad = admin.post(f"{BASE}import/", {"file": SimpleUploadedFile("x.json", b"{"), "valid_from": "2026-03-01"})
    assert bad.status_code == 422
    assert "This is not valid JSON" in bad.content.decode()


def test_costs_are_computed_anew_as_a_job(admin: Client) -> None:
    assert 'value="2026-03-01"' in admin.get(f"{BASE}recompute/?since=2026-03-01").content.decode()
    answer = admin.post(f"{BASE}recompute/", {"since": "2026-03-01"})
    job = Job.objects.get()
    assert answer["Location"] == f"/w/acme/jobs/{job.uuid}/"
    assert (job.kind, job.plan["since"]) == ("compute_costs", "2026-03-01")


def test_a_trace_says_where_its_cost_comes_from(people: People, admin: Client) -> None:
    ModelPriceFactory(workspace=people.workspace, model="small", valid_from=date(2026, 1, 1))
    send(key_of(people), call(1, tokens=(1_000_000, 0)), call(2, attributes={"gen_ai.usage.cost": 0.5}))
    trace = f"/w/acme/traces/{TRACE.hex()[:8]}-{TRACE.hex()[8:12]}-{TRACE.hex()[12:16]}-{TRACE.hex()[16:20]}-{TRACE.hex()[20:]}/"
    assert "computed, where none was sent" in admin.get(trace).content.decode()
    runs = people.api().get(f"/api/v1/traces/{TRACE.hex()}").json()["runs"]
    assert [(run["cost"], run["cost_source"]) for run in runs] == [("2", "computed"), ("0.5", "given")]
    shown = [" ".join(admin.get(f"{trace}steps/{run['id']}/").content.decode().split()) for run in runs]
    assert "computed from the price list" in shown[0]
    assert "as it was sent" in shown[1]


def test_programs_add_change_and_import_prices(people: People) -> None:
    program, base = people.api(), "/api/v1/prices"
    json = "application/json"
    new = program.post(base, {"model": "small", "input": "2", "output": 8, "valid_from": "2026-03-01"}, json)
    assert new.status_code == 201
    assert new.json() == {
        "id": str(ModelPrice.objects.get().uuid), "model": "small", "provider": "", "input": "2", "output": "8",
        "cache_read": None, "cache_write": None, "reasoning": None, "valid_from": "2026-03-01", "valid_to": None,
    }  # fmt: skip
    again = program.post(base, {"model": "small", "input": 3, "output": 8, "valid_from": "2026-04-01"}, json)
    assert (again.status_code, list(again.json()["error"]["fields"])) == (400, ["valid_from"])
    one = f"{base}/{new.json()['id']}"
    assert program.patch(one, {"valid_to": "2026-04-01"}, json).json()["valid_to"] == "2026-04-01"
    file = b'{"small": {"input_cost_per_token": 3e-06, "output_cost_per_token": 8e-06, "litellm_provider": "x"}}'
    took = program.post(f"{base}/import?valid_from=2026-04-01&any_provider=true", file, json).json()
    assert (took["added_count"], took["problems"]) == (1, [])
    assert [price["input"] for price in program.get(base).json()["results"]] == ["3", "2"]
    job = program.post(f"{base}/recompute", {"since": "2026-03-01"}, json)
    assert (job.status_code, job.json()["kind"]) == (202, "compute_costs")
    assert program.delete(one).status_code == 204
    assert ModelPrice.objects.count() == 1
