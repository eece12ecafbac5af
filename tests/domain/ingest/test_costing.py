"""Costs of runs whose senders named none, and traces that may not come back."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from pytest_django import DjangoAssertNumQueries

from annotation.domain.ingest import costing, mapping, otlp
from annotation.domain.ingest.otlp import Encoding
from annotation.domain.prices import known
from annotation.models import DeletedTrace, ModelPrice, Run, Trace
from tests.domain.ingest.test_store import key_of, send
from tests.factories import ModelPriceFactory
from tests.fixtures.people import People
from tests.fixtures.spans import TRACE, call, request, span

pytestmark = pytest.mark.django_db
MILLION = 1_000_000


def costs() -> list[tuple[Decimal | None, bool]]:
    return [(run.cost, run.price_uuid is not None) for run in Run.objects.order_by("start_nano")]


def test_a_run_without_a_cost_gets_one_and_a_sent_cost_stays(people: People) -> None:
    price = ModelPriceFactory(workspace=people.workspace, model="small", valid_from=date(2026, 1, 1))
    sent = {"gen_ai.usage.cost": 0.5}
    send(key_of(people), span(1), call(2, parent=1, tokens=(MILLION, 500_000)), call(3, parent=1, attributes=sent))
    assert costs() == [(None, False), (Decimal(6), True), (Decimal("0.5"), False)]
    assert Run.objects.get(cost=6).price_uuid == price.uuid
    assert Trace.objects.get().cost == Decimal("6.5")


def test_the_day_on_which_the_run_began_chooses_the_price(people: People) -> None:
    workspace = people.workspace
    ModelPriceFactory(workspace=workspace, model="small", valid_from=date(2026, 1, 1), valid_to=date(2026, 11, 21))
    ModelPriceFactory(workspace=workspace, model="small", valid_from=date(2026, 11, 21), input=3)
    ModelPriceFactory(model="small", valid_from=date(2026, 11, 21), input=99)  # somebody else's
    send(key_of(people), call(1, tokens=(MILLION, 0)))
    assert costs() == [(Decimal(3), True)]


def test_a_computed_cost_beneath_a_sent_one_is_part_of_it(people: People) -> None:
    ModelPriceFactory(workspace=people.workspace, model="small", valid_from=date(2026, 1, 1))
    whole = {"gen_ai.usage.cost": 0.5, "gen_ai.operation.name": "invoke_agent"}
    spans = [
        span(1),
        span(2, parent=1, attributes=whole),
        call(3, parent=2, tokens=(MILLION, 0)),
        call(4, parent=1, tokens=(MILLION, 0)),
    ]
    for order in (spans, spans[::-1]):
        Trace.objects.all().delete()
        for one in order:
            send(key_of(people), one)
        assert Trace.objects.get().cost == Decimal("2.5")


def test_prices_are_asked_for_once_and_a_change_counts(
    people: People, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    decoded = otlp.decode(request([call(1, tokens=(MILLION, 0))]), encoding=Encoding.PROTOBUF)
    runs = mapping.to_runs(decoded.spans, received_ns=1)
    workspace = people.workspace.pk
    price = ModelPriceFactory(workspace=people.workspace, model="small", valid_from=date(2026, 1, 1))
    with django_assert_num_queries(2):
        assert costing.priced(runs, workspace_id=workspace)[0].cost == 2
    with django_assert_num_queries(0):
        assert costing.priced(runs, workspace_id=workspace)[0].cost == 2
    ModelPrice.objects.filter(pk=price.pk).delete()  # as another process would
    known._kept[workspace].asked_at -= known.FRESH_SECONDS
    assert costing.priced(runs, workspace_id=workspace)[0].cost is None


def test_what_comes_late_for_a_deleted_trace_is_turned_away(people: People) -> None:
    key, other = key_of(people), (7).to_bytes(16)
    DeletedTrace.objects.create(workspace=people.workspace, trace_uuid=UUID(bytes=TRACE))
    DeletedTrace.objects.create(workspace=people.elsewhere, trace_uuid=UUID(bytes=other))
    rejected = send(key, span(1), call(2, parent=1), span(1, trace=other))
    assert rejected.message == "2 rejected: the trace was deleted, and what arrives for it later is not stored"
    assert list(Trace.objects.values_list("uuid", "run_count")) == [(UUID(bytes=other), 1)]
