"""The shape of a language's phrases. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pack:
    """Templates of one language; every tuple holds variants of the same thing.

    Fields in braces: city, start, end, nights, guests, hotel, price, total, code, card, fee.
    """

    language: str
    ask: tuple[str, ...]
    offer_head: tuple[str, ...]
    offer_tail: tuple[str, ...]
    pick: tuple[str, ...]
    summary: tuple[str, ...]
    agree: tuple[str, ...]
    booked: tuple[str, ...]
    charge_failed: tuple[str, ...]
    cancel_ask: tuple[str, ...]
    cancelled_free: tuple[str, ...]
    cancel_fee: tuple[str, ...]
    refunded_wrongly: tuple[str, ...]
    pets_ask: tuple[str, ...]
    pets_right: tuple[str, ...]
    pets_wrong: tuple[str, ...]
    late_ask: tuple[str, ...]
    late_right: tuple[str, ...]
    late_outdated: tuple[str, ...]
    angry: tuple[str, ...]
    asks_again: tuple[str, ...]
    hand_over: tuple[str, ...]
