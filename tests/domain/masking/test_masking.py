"""Personal data is found by its form, called by tokens, and put back."""

import re
import time
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from annotation.domain.masking import KINDS, Kind, Mask
from annotation.domain.masking.tokens import by_token, restored, shortened

NUMBERED = {"[e-mail", "[IBAN", "[card", "[IP address", "[phone"}
VALUES = [
    "anna.smith@example.org", "Jürgen@müller.de", "DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432",
    "4111 1111 1111 1111", "4111111111111111", "3782-822463-10005", "10.12.0.7", "fe80::1ff:fe23:4567:890a",
    "2001:db8::8a2e:370:7334", "+49 30 1234567", "+1 (415) 555-0100", "+14155550100", "0049 30 1234567", "(415) 555-0100",
    "415-555-0100", "030 1234567", "020 7946 0958", "01 23 45 67 89", "0171/1234567", "01711234567",
]  # fmt: skip
ORDINARY = [
    "4bf92f3577b34da6a3ce929d0e0e4736", "550e8400-e29b-41d4-a716-446655440000", "12345678-1234-1234-1234-123456789012",
    "2026-11-26T01:08:51+00:00", "2026-11-26 01:08:51,123", "1764119331000", "1764119331000000000", "v1.2.3.4",
    "version 1.2.3.4", "django==5.2.1.0", "127.0.0.1", "::1", "std::vector", "12:30:45", "a::b", "01/02/2026 12:30",
    "26.11.2026", "1,234,567,890", "0.12345678 0.2345678", "$ 1234567890", "order 4711 of 20261126", "00:1A:2B:3C:4D:5E",
    "lodash@4.17.21", "1e+10", "-1234567890", "01 02 03 04 05 06 07", "hotel 12345678", "3.14159265358979",
    "1234 5678 9012 3456", "10.1145/3442188.3445922", "978-3-16-148410-0", "TX-4471", "0f626449-0087-4100-b712-490087410012",
]  # fmt: skip
PIECES = st.one_of(
    st.sampled_from(
        [*VALUES, *ORDINARY, "[e-mail 1]", "[phone 2]", "phone: 4155550100", "@", "+", "[", "]", " ", "\n", ","]
    ),
    st.text(max_size=8),
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)
NAMES = ["phone", "id", "to", "a@b.org", "A@b.org", "a@B.org", "of a@b.org", "[e-mail 1]"]
JSON = st.recursive(
    st.one_of(TEXTS, st.integers(), st.sampled_from([4111111111111111, 4155550100]), st.booleans(), st.none()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=8,
)


def mask(numbers: dict[tuple[str, str], int] | None = None) -> Mask:
    return Mask({kind.value: finder for kind, finder in KINDS.items()}, b"of one item", numbers or {})


@pytest.mark.parametrize("value", VALUES)
def test_what_has_the_form_of_personal_data_is_masked(value: str) -> None:
    shown = mask().text(f"Send it to {value}, please.")
    assert value not in shown
    assert shown.startswith("Send it to [")
    assert shown.endswith("], please.")


@pytest.mark.parametrize("value", ORDINARY)
def test_ids_times_versions_and_amounts_stay(value: str) -> None:
    assert mask().text(value) == value
    assert mask().text(f"See {value} there") == f"See {value} there"


@given(st.uuids(), st.datetimes(), st.integers(0, 10**6), st.decimals(0, 10**6, places=2))
def test_no_id_time_or_amount_is_taken_for_personal_data(one: UUID, at: datetime, count: int, amount: Decimal) -> None:
    hex_id = one.hex if not one.hex.isdigit() else "a"
    text = (
        f"{one} {hex_id} {hex_id[:16]}a {at.isoformat()} {at:%d.%m.%Y %H:%M} {count:,} {amount} v{count}.2.3 -{count}"
    )
    assert mask().text(text) == text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna@Example.org", "anna@example.org"),
        ("4111 1111 1111 1111", "4111111111111111"),
        ("+49 30 1234567", "0049 30 1234567"),
        ("+1 (415) 555-0100", "+14155550100"),
        ("DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
    ],
)
def test_a_value_has_one_token_however_it_is_spelled(one: str, other: str) -> None:
    shown = mask()
    assert shown.text(one) == shown.text(other)
    assert shown.text("bob@example.org") != shown.text("anna@example.org")


def test_a_number_behind_a_word_for_a_telephone_is_one() -> None:
    shown = mask()
    said = shown.json({"phone": "4155550100", "id": "4155550100", "mobile_number": 4155550100})
    assert said["phone"] == said["mobile_number"] == shown.text("415-555-0100")
    assert said["id"] == "4155550100"
    assert shown.text('{"phone": "4155550100"}') == f'{{"phone": "{said["phone"]}"}}'


@example("+49 30 123456701 02 03 04 05 06 07")  # two numbers that share digits
@given(TEXTS)
def test_masking_twice_is_masking_once(text: str) -> None:
    shown = mask().text(text)
    assert mask().text(shown) == shown


@given(JSON)
def test_what_is_not_touched_is_put_back_as_it_was(value: Any) -> None:
    shown = mask()
    assert restored(shown.json(value), by_token(shown.stood(value))) == value


@given(TEXTS, TEXTS)
def test_only_tokens_that_still_stand_are_put_back(text: str, other: str) -> None:
    shown = mask()
    stood = by_token(shown.stood(text))
    assert restored(f"x{other}", {}) == f"x{other}"
    assert restored(shown.text(text) + " yes", stood) == f"{text} yes"


def test_a_spelling_comes_back_where_it_stood() -> None:
    shown, text = mask(), "Anna@x.org wrote, and anna@x.org answered"
    token = shown.text("anna@x.org")
    stood = by_token(shown.stood(text))
    assert restored(f"{token}: {token}, {token}", stood) == "Anna@x.org: anna@x.org, anna@x.org"


@given(st.lists(st.sampled_from(VALUES), min_size=1, max_size=30), st.integers(1, 400))
def test_a_masked_text_is_shortened_to_no_half_of_a_token(values: list[str], most: int) -> None:
    whole = mask().text("; ".join(values))
    short = shortened(whole, most)
    read = re.sub(r"[0-9a-f]{16}(?=\])", "1", short)
    assert short == whole or (whole.startswith(short[:-1]) and short[-1] == "…" and len(read) <= most)
    assert short.count("[") == short.count("]")


@given(st.lists(st.sampled_from(VALUES), min_size=1, max_size=30), st.integers(0, 400))
def test_a_cut_shows_no_half_of_a_value(values: list[str], end: int) -> None:
    text = "; ".join(values)
    shown, whole = mask().cut(text, end), mask().text(text)
    assert whole.startswith(shown)


SLOW: dict[str, Callable[[int], str]] = {
    "letters": lambda n: "a" * n,
    "digits": lambda n: "1 " * (n // 2),
    "at": lambda n: "a@" * (n // 2),
    "dots": lambda n: "x@a." * (n // 4),
    "colons": lambda n: "a:" * (n // 2),
    "ibans": lambda n: "DE89 " * (n // 5),
    "zeros": lambda n: "01 " * (n // 3),
    "brackets": lambda n: "[a " * (n // 3),
}


@pytest.mark.parametrize("text", SLOW.values(), ids=SLOW)
def test_no_text_takes_more_than_its_length(text: Callable[[int], str]) -> None:
    took = []
    for size in (20_000, 160_000):
        begun = time.process_time()
        mask().text(text(size))
        took.append(time.process_time() - begun)
    assert took[1] < max(24 * took[0], 1.0)  # eight times the text


def test_two_names_that_are_one_value_keep_what_they_hold() -> None:
    given = {"Anna@x.org": 1, "anna@x.org": 2, "bob@x.org": 3}
    first = mask()
    first.json(given)
    shown = mask({value: number for number, value in enumerate(first.fresh, 1)})
    assert shown.json(given) == {"[e-mail 1]": 1, "[e-mail 3]": 2, "[e-mail 2]": 3}
    assert len(shown.json(given | {"[e-mail 1]": 4})) == 4


def test_a_token_stands_for_something_if_it_was_given() -> None:
    shown = mask({("e-mail", "0" * 16): 7})
    asked = ["[e-mail 7]", "[e-mail 8]", "[phone 7]", f"[e-mail {'1' * 16}]", "e-mail 7"]
    assert [shown.has_called(one) for one in asked] == [True, False, False, True, False]


def test_kinds_that_are_not_asked_for_stay() -> None:
    only = Mask({Kind.EMAIL.value: KINDS[Kind.EMAIL]}, b"x")
    assert only.text("a@b.org +49 30 1234567").endswith("] +49 30 1234567")


def test_a_value_with_a_number_is_called_by_it() -> None:
    first = mask()
    first.text("a@b.org")
    known = dict.fromkeys(first.fresh, 7)
    second = mask(known)
    assert second.text("To a@b.org") == "To [e-mail 7]"
    assert not second.fresh
