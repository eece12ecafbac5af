"""What personal data looks like: one finder a kind, each a generator of (start, end) in the order of the text; pure.

None is given identifiers, times, versions or amounts: where the form alone does not tell, a number stays as it is.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import TypeAlias

from annotation.domain.masking.checked import iban_end, is_card

Found: TypeAlias = Iterator[tuple[int, int]]


class Kind(StrEnum):
    """What is recognised; its value stands in the token."""

    EMAIL = "e-mail"
    IBAN = "IBAN"
    CARD = "card"
    IP = "IP address"
    PHONE = "phone"


_AT = re.compile(r"@|%40")
_LOCAL = re.compile(r"[\w.+!#$&'*/=?^{|}~-]{1,64}\Z")
_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]{0,62})\.){1,8}[^\W\d_]{2,24}")
LONGEST_LOCAL = 64


def emails(text: str) -> Found:
    """Addresses of mail, in any script; also with the @ as addresses of pages write it."""
    end = 0
    for at in _AT.finditer(text):
        before = text[max(end, at.start() - LONGEST_LOCAL) : at.start()]
        local = _LOCAL.search(before)
        name = local[0].lstrip(".'/=&?*{|}#!$^~") if local else ""
        domain = _DOMAIN.match(text, at.end())
        if name and domain:
            end = domain.end()
            yield at.start() - len(name), end


_IBAN = re.compile(r"(?<!\w)[A-Za-z]{2}\d{2}(?=[ \u00a0]?[A-Za-z0-9])", re.ASCII)


def ibans(text: str) -> Found:
    """International bank account numbers, whole or in groups of four."""
    for found in _IBAN.finditer(text):
        if end := iban_end(text, found.start()):
            yield found.start(), end


_SEVEN = re.compile(r"\d(?:[ ().\-/\u00a0\u2011]{0,3}\d){6}")
"""Digits enough for a telephone or a card: without them nobody looks further."""

_CARD = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-]|[.,]\d)", re.ASCII)


def cards(text: str) -> Found:
    """Numbers of payment cards."""
    for found in _CARD.finditer(text) if _SEVEN.search(text) else ():
        if is_card(found[0]):
            yield found.span()


_IPV4 = re.compile(r"(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d|-\w)", re.ASCII)
_IPV6 = re.compile(
    r"(?<![\w:.])(?:[0-9A-Fa-f]{1,4}:|:(?=:)){1,7}(?::|[0-9A-Fa-f]{1,4})?(?:(?<=:):?[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6})?(?![\w:])",
    re.ASCII,
)
_VERSION = re.compile(r"(?:version|release|build|[=<>~^!]=|[<>~^])[\"']?[\s:=]*[\"']?\Z", re.IGNORECASE)
_LONG_GROUP = re.compile(r"(?=[0-9A-Fa-f]*\d)[0-9A-Fa-f]{3,4}")


def addresses(text: str) -> Found:
    """IP addresses of both versions, but for those of no machine in particular (loopback, unspecified)."""
    found = list(_IPV4.finditer(text)) if text.count(".") > 2 else []
    found += [one for one in _IPV6.finditer(text) if _LONG_GROUP.search(one[0])] if text.count(":") > 1 else []
    for one in sorted(found, key=lambda one: one.start()):
        if _is_address(one[0]) and not _VERSION.search(text, max(0, one.start() - 16), one.start()):
            yield one.span()


def _is_address(written: str) -> bool:
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified)


_GAP = r"[ .\-/\u00a0\u2011]"
_PHONES = (
    re.compile(
        rf"(?<![\w+.,-])(?:\+|00(?=[1-9]\d{{0,2}}{_GAP}))[1-9]\d{{0,3}}(?:{_GAP}?\(\d{{1,4}}\))?(?:{_GAP}?\d){{5,13}}(?!\w|[.,/-]?\d|-\w)"
    ),
    re.compile(
        r"(?<![\w+.,/-])(?:1[ .-])?(?:\([2-9]\d\d\) ?|[2-9]\d\d([.-]))[2-9]\d\d(?(1)\1|[ .-])\d{4}(?!\w|[.,/-]?\d|-\w)"
    ),
    re.compile(r"(?<![\w+.,/:-])(?:\(0[1-9]\d{0,4}\)|0[1-9]\d{0,4})(?:[ /\-\u00a0]\d{2,8}){1,5}(?!\w|[.,/:-]?\d|-\w)"),
    re.compile(r"(?<![\w+.,/:-])0[1-9]\d{8,9}(?!\w|[.,/:-]\d|-\w)"),
)
_SPOKEN = re.compile(r"(?<![\w.,/-])\(?\d(?:[ ().-]{0,2}\d){6,13}(?!\w|[.,/-]?\d|-\w)")
_HINT = re.compile(
    r"(?:phone|mobile|mobil|handy|fax|whatsapp|msisdn|telefon|telefono|teléfono|celular|电话|手机|(?<![a-z])tel|(?<![a-z])cell)"
    r"[\s_-]?(?:number|num|nummer|no|nr)?[\"')]{0,2}[\s:=.#]{0,3}(?:is\s)?[\"']?\Z",
    re.IGNORECASE,
)
_DATE = re.compile(r"\(?\d{1,2}([-/])\d{1,2}\1\d{2,4}(?!\d)")
_PAIRS = re.compile(r"0[1-9](?:[ -]\d\d){4}")
_LONG_DIGITS = re.compile(r"\d{3}")
_NO_DIGITS = re.compile(r"\D+")
HINTED_WITHIN = 28


def phones(text: str) -> Found:
    """Telephone numbers: with a country code; as North America writes them; with a leading 0; any behind a word for a telephone."""
    if not _SEVEN.search(text):
        return
    spans = {one.span() for pattern in _PHONES for one in pattern.finditer(text) if _may_be_phone(one[0])}
    spans |= {
        one.span()
        for one in _SPOKEN.finditer(text)
        if 7 <= _digits(one[0]) <= 15 and _HINT.search(text, max(0, one.start() - HINTED_WITHIN), one.start())
    }
    yield from sorted(spans)


def _may_be_phone(written: str) -> bool:
    if written.startswith(("+", "00")):
        return 8 <= _digits(written) <= 15
    if written.startswith(("0", "(0")):
        is_grouped = _LONG_DIGITS.search(written) is not None or _PAIRS.fullmatch(written) is not None
        return 9 <= _digits(written) <= 12 and is_grouped and not _DATE.match(written)
    return True


def _digits(written: str) -> int:
    return len(_NO_DIGITS.sub("", written))


KINDS: dict[Kind, Callable[[str], Found]] = {
    Kind.EMAIL: emails,
    Kind.IBAN: ibans,
    Kind.CARD: cards,
    Kind.IP: addresses,
    Kind.PHONE: phones,
}
"""In the order in which they have the first word where two say something of the same characters."""
