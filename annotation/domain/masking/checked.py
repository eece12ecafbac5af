"""Numbers that prove themselves: card numbers by Luhn's check digit, IBANs by their remainder and their country's length; pure."""

from __future__ import annotations

import re

_GROUPS = ((4, 4, 4, 4), (4, 4, 4, 1), (4, 4, 4, 4, 2), (4, 4, 4, 4, 3), (4, 6, 5), (4, 6, 4), (6, 13))
"""How cards print their numbers."""

_ISSUERS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|6(?:011|4[4-9]\d|5\d\d)\d{12}|62\d{14,17}|35(?:2[89]|[3-8]\d)\d{12}|3(?:0[0-5]|[689]\d)\d{11}",
    re.ASCII,
)
"""Beginnings and lengths in use (ISO/IEC 7812): one number in ten passes Luhn by chance, and times in nanoseconds are long."""

_LENGTHS = {
    length: frozenset(countries.split())
    for length, countries in {
        15: "NO", 16: "BE", 18: "DK FI FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL", 24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM", 28: "AL AZ BY CY DO EG GT HU LB NI PL",
        29: "BR PS QA UA", 30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
    }.items()
}  # fmt: skip
IBAN_LENGTH = {country: length for length, countries in _LENGTHS.items() for country in countries}
"""Characters of an IBAN by country, of the registry that SWIFT keeps for ISO 13616."""


def is_card(written: str) -> bool:
    """Whether digits, alone or in the groups of a card, are a card's number."""
    groups = re.split(r"[ -]", written)
    digits = "".join(groups)
    if len(groups) > 1 and (tuple(map(len, groups)) not in _GROUPS or (" " in written and "-" in written)):
        return False
    return _ISSUERS.fullmatch(digits) is not None and luhn(digits)


def luhn(digits: str) -> bool:
    """Whether the last digit is the one that Luhn's formula gives (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0


def iban_end(text: str, start: int) -> int | None:
    """Where the IBAN ends that begins at `start`; None if none does."""
    length, end, characters = IBAN_LENGTH.get(text[start : start + 2].upper()), start, 0
    while length and characters < length:
        sign = text[end : end + 1]
        if not (sign.isascii() and sign.isalnum()) and not (sign in (" ", "\u00a0") and characters % 4 == 0):
            return None
        characters += sign.isalnum()
        end += 1
    is_whole = length and not text[end : end + 1].isalnum()
    return end if is_whole and _is_iban(text[start:end]) else None


def _is_iban(written: str) -> bool:
    """ISO 7064, MOD 97-10: country and check digits moved to the end, letters as numbers from 10 to 35."""
    kept = "".join(written.split()).upper()
    return int("".join(str(int(sign, 36)) for sign in kept[4:] + kept[:4])) % 97 == 1
