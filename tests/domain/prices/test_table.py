"""The price table: no two prices of a model on one day, files brought in, every change on record."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from annotation.domain.prices import files, importing, known, table
from annotation.domain.prices.table import BadPriceError, Terms
from annotation.models import AuditEvent, ModelPrice
from tests.fixtures.people import People

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
TERMS = Terms("small", Decimal(2), Decimal(8), MARCH)
LITELLM = b"""{
  "sample_spec": {"input_cost_per_token": "a number"},
  "small": {"input_cost_per_token": 2e-06, "output_cost_per_token": 8e-06, "litellm_provider": "openai", "mode": "chat",
            "cache_read_input_token_cost": 5e-07, "output_cost_per_reasoning_token": 1e-05},
  "azure/small": {"input_cost_per_token": 3e-06, "output_cost_per_token": 9e-06, "litellm_provider": "azure"},
  "embed": {"input_cost_per_token": 2e-08, "litellm_provider": "openai"},
  "painter": {"output_cost_per_image": 0.02, "litellm_provider": "openai"},
  "odd": {"input_cost_per_token": -1, "litellm_provider": "openai"},
  "odder": 7
}"""


def stored() -> list[tuple[Any, ...]]:
    rows = ModelPrice.objects.order_by("model", "provider", "valid_from")
    return list(rows.values_list("provider", "model", "input", "output", "valid_from", "valid_to"))


@pytest.mark.django_db
def test_prices_of_a_model_may_not_overlap(people: People) -> None:
    first = table.add(workspace=people.workspace, terms=replace(TERMS, valid_to=MAY), by=people.admin)
    for wrong in (replace(TERMS, valid_from=APRIL), replace(TERMS, model="SMALL", valid_from=date(2026, 1, 1))):
        with pytest.raises(BadPriceError, match="holds from 01 Mar 2026 to 01 May 2026: end that one first"):
            table.add(workspace=people.workspace, terms=wrong, by=people.admin)
    table.add(workspace=people.workspace, terms=replace(TERMS, valid_from=MAY), by=people.admin)
    table.add(workspace=people.workspace, terms=replace(TERMS, provider="Azure"), by=people.admin)
    table.add(workspace=people.elsewhere, terms=TERMS, by=people.outsider)
    with pytest.raises(BadPriceError, match="holds from 01 May 2026 without an end"):
        table.change(price=first, terms=TERMS, by=people.admin)
    assert ModelPrice.objects.count() == 4
    assert ModelPrice.objects.get(provider="azure.ai.openai").valid_from == MARCH


@pytest.mark.django_db
def test_a_new_price_may_end_the_one_before(people: People) -> None:
    table.add(workspace=people.workspace, terms=TERMS, by=people.admin)
    dearer = replace(TERMS, valid_from=APRIL, input=Decimal(3))
    table.add(workspace=people.workspace, terms=dearer, by=people.admin, is_succeeding=True)
    assert stored() == [("", "small", 2, 8, MARCH, APRIL), ("", "small", 3, 8, APRIL, None)]
    told = AuditEvent.objects.order_by("id").values_list("action", "target", "detail__valid_to")
    assert list(told) == [
        ("price.added", "small", None),
        ("price.changed", "small", "2026-04-01"),
        ("price.added", "small", None),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"model": " * "}, "model"),
        ({"model": "a*b*c*d*e*f"}, "model"),
        ({"valid_to": MARCH}, "valid_to"),
        ({"reasoning": Decimal(-1)}, "input"),
    ],
)
def test_a_price_that_contradicts_itself_is_refused(people: People, wrong: dict[str, object], field: str) -> None:
    with pytest.raises(BadPriceError) as refusal:
        table.add(workspace=people.workspace, terms=replace(TERMS, **wrong), by=people.admin)  # type: ignore[arg-type]
    assert refusal.value.field == field
    assert not ModelPrice.objects.exists()


@pytest.mark.django_db
def test_changes_and_their_words_stand_in_the_audit_log(people: People) -> None:
    price = table.add(workspace=people.workspace, terms=TERMS, by=people.admin)
    price = table.change(price=price, terms=replace(TERMS, output=Decimal(9), valid_to=MAY), by=people.admin)
    table.change(price=price, terms=table.terms_of(price), by=people.admin)  # nothing new
    table.delete(price=price, by=people.admin)
    events = list(AuditEvent.objects.order_by("id").values_list("action", "actor"))
    assert [action for action, _ in events] == ["price.added", "price.changed", "price.deleted"]
    assert AuditEvent.objects.get(action="price.changed").detail == {"output": "9", "valid_to": "2026-05-01"}


@pytest.mark.django_db
def test_another_process_hears_of_a_price_that_was_only_changed(people: People) -> None:
    price = table.add(workspace=people.workspace, terms=TERMS, by=people.admin)
    before = known._version(people.workspace.pk)
    table.change(price=price, terms=replace(TERMS, input=Decimal(3)), by=people.admin)
    assert known._version(people.workspace.pk) > before


@pytest.mark.django_db
def test_a_file_of_litellm_is_brought_in_once(people: People) -> None:
    took = importing.bring_in(workspace=people.workspace, content=LITELLM, valid_from=MARCH, by=people.admin)
    assert (took.added_count, took.ended_count, took.present_count, took.skipped_count) == (3, 0, 0, 1)
    assert [(one.place, one.message) for one in took.problems] == [
        ("odd", "input must be a number from 0 up to 100000000"), ("odder", "is no object with prices"),
    ]  # fmt: skip
    assert stored() == [
        ("openai", "embed", Decimal("0.02"), 0, MARCH, None),
        ("azure.ai.openai", "small", 3, 9, MARCH, None),
        ("openai", "small", 2, 8, MARCH, None),
    ]
    again = importing.bring_in(workspace=people.workspace, content=LITELLM, valid_from=MAY, by=people.admin)
    assert (again.added_count, again.present_count, ModelPrice.objects.count()) == (0, 3, 3)
    dearer = LITELLM.replace(b"3e-06", b"4e-06")
    changed = importing.bring_in(workspace=people.workspace, content=dearer, valid_from=MAY, by=people.admin)
    assert (changed.added_count, changed.ended_count, changed.present_count) == (1, 1, 2)
    assert stored()[1:3] == [
        ("azure.ai.openai", "small", 3, 9, MARCH, MAY),
        ("azure.ai.openai", "small", 4, 9, MAY, None),
    ]


@pytest.mark.django_db
def test_a_table_of_ours_is_brought_in(people: People) -> None:
    text = (
        "model,provider,input,output,cache_read,valid_from,valid_to\n"
        "small,openai,2,8,0.5,2026-01-01,2026-03-01\n"
        "small,openai,3,8,,2026-03-01,\n"
        "small,openai,4,8,,,\n"
        "large-*,,ten,8,,,\n"
        ",,1,1,,,\n"
        "x,,1,1,,2026-13-01,\n"
    )
    took = importing.bring_in(workspace=people.workspace, content=text.encode(), valid_from=MAY, by=people.admin)
    assert stored() == [("openai", "small", 2, 8, date(2026, 1, 1), MARCH), ("openai", "small", 3, 8, MARCH, None)]
    assert [(one.place, one.message) for one in took.problems] == [
        ("line 5", "input is not a number: ten"),
        ("line 6", "needs a model's name of at most 200 characters"),
        ("line 7", "valid_from is not a day like 2026-03-01: 2026-13-01"),
        ("line 4", "stands in the file twice, with different prices: the first was taken"),
    ]
    assert AuditEvent.objects.get().detail == {"added": 2, "ended": 0, "refused": 4}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"), (b"\xff\xfe", "not UTF-8"), (b"{", "not valid JSON"), (b"[1]", "must be an object"),
        (b"a,b\n1,2", "missing: input, model, output"), (b"[" * 100_000, "not valid JSON"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_prices_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(files.UnreadablePricesError, match=words):
        files.read(content)


@given(some.binary(max_size=200) | some.text(max_size=200).map(str.encode))
def test_no_file_breaks_the_reader(content: bytes) -> None:
    for prefix in (b"", b"model,input,output\n", b'{"m": ', b'{"m": {"input_cost_per_token": '):
        try:
            read = files.read(prefix + content)
        except files.UnreadablePricesError:
            continue
        assert all(amount >= 0 for row in read.rows for amount in row.amounts.values())
