"""Conversations with the booking agent. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from annotation.domain.demo import faults, hotels
from annotation.domain.demo.hotels import Stay
from annotation.domain.demo.phrases import ENGLISH, Pack
from annotation.domain.demo.stage import Stage
from annotation.domain.demo.story import Story
from annotation.domain.demo.tape import Tape, ToolError

PAYMENT_TIMEOUT = ToolError(
    "TimeoutError",
    "POST https://payments.internal/v2/charges: no answer within 10.0 s",
    "Traceback (most recent call last):\n"
    '  File "agents/booking/tools/payments.py", line 48, in charge_card\n'
    "    answer = session.post(url, json=body, timeout=10.0)\n"
    '  File "agents/transport.py", line 112, in post\n'
    '    raise TimeoutError(f"POST {url}: no answer within {timeout} s")\n'
    "TimeoutError: POST https://payments.internal/v2/charges: no answer within 10.0 s",
)
BAD_GATEWAY = ToolError("HTTPError", "502 Bad Gateway from availability-service (upstream: pms-eu-2)")


@dataclass(slots=True)
class Desk:
    """One conversation at the booking desk: where it is told, and the stay that it is about."""

    stage: Stage
    stay: Stay

    @property
    def pack(self) -> Pack:
        """The guest's language."""
        return self.stage.pack or ENGLISH

    def say(self, variants: tuple[str, ...]) -> str:
        """One of the variants, filled in."""
        return self.stage.chance.choice(variants).format(**self.stay.words())

    def is_to(self, fault: faults.Fault) -> bool:
        """Whether this is what shall go wrong."""
        return self.stage.fault is fault


def _search_arguments(stay: Stay, shift: int = 0) -> dict[str, object]:
    moved = timedelta(days=shift)
    return {
        "city": stay.city, "check_in": (stay.start + moved).isoformat(), "check_out": (stay.end + moved).isoformat(),
        "guests": stay.guests,
    }  # fmt: skip


def search(desk: Desk) -> None:
    """The guest looks for a room."""
    stage, stay = desk.stage, desk.stay
    tape = stage.turn(desk.say(desk.pack.ask))
    shift = stage.chance.choice((-1, 1, 30)) if desk.is_to(faults.WRONG_DATES) else 0
    if stage.chance.random() < 0.15:
        tape.call("search_hotels", _search_arguments(stay, shift), error=BAD_GATEWAY)
    found = hotels.found_hotels(stay, stage.chance, shift=shift)
    failing = tape.call("search_hotels", _search_arguments(stay, shift), found, thought="Dates first, then the list.")
    head, tail = desk.say(desk.pack.offer_head), desk.say(desk.pack.offer_tail)
    right = f"{head}\n\n{hotels.listed(found)}\n\n{tail}"
    if desk.is_to(faults.INVENTED):
        invented = f"- **Grand {stay.city} Palace** · suite with sea view · €{stay.price - 20} · ★ 5.0 · 0.1 km"
        tape.answer(f"{head}\n\n{hotels.listed(found)}\n{invented}\n\n{tail}")
        stage.told(tape, fault=faults.INVENTED, corrected=right)
        return
    tape.answer(right)
    if shift:
        stage.told(tape, fault=faults.WRONG_DATES, failing_span=failing, corrected=right)
    else:
        stage.told(tape)


def pick(desk: Desk) -> None:
    """The guest chooses a hotel; the agent has to ask before it charges."""
    stage = desk.stage
    tape = stage.turn(desk.say(desk.pack.pick))
    if desk.is_to(faults.NO_CONFIRMATION):
        failing = _charge(tape, desk.stay)
        tape.call(
            "create_booking", {"hotel": desk.stay.hotel, **_search_arguments(desk.stay)}, {"code": desk.stay.code}
        )
        tape.answer(desk.say(desk.pack.booked))
        stage.told(tape, fault=faults.NO_CONFIRMATION, failing_span=failing, corrected=desk.say(desk.pack.summary))
        return
    tape.answer(desk.say(desk.pack.summary))
    stage.told(tape)


def _charge(tape: Tape, stay: Stay, error: ToolError | None = None) -> bytes:
    arguments = {"amount": stay.total, "currency": "EUR", "card_ending": stay.card, "reference": stay.code}
    result = {"status": "captured", "charge_id": f"ch_{tape.chance.randbytes(6).hex()}", "amount": stay.total}
    return tape.call("charge_card", arguments, result, error=error, seconds=10.0 if error else None)


def agree(desk: Desk) -> None:
    """The guest agrees; payment, booking, confirmation, and what may fail in between."""
    stage, stay = desk.stage, desk.stay
    tape = stage.turn(desk.say(desk.pack.agree))
    if desk.is_to(faults.FALSE_SUCCESS):
        failing = _charge(tape, stay, PAYMENT_TIMEOUT)
        tape.answer(desk.say(desk.pack.booked))
        stage.told(tape, fault=faults.FALSE_SUCCESS, failing_span=failing, corrected=desk.say(desk.pack.charge_failed))
        return
    if desk.is_to(faults.DOUBLE_CHARGE):
        _double_charge(desk, tape)
        return
    if stage.chance.random() < 0.2:
        _charge(tape, stay, PAYMENT_TIMEOUT)
        tape.answer(desk.say(desk.pack.charge_failed))
        stage.told(tape)
        return
    _charge(tape, stay)
    tape.call("create_booking", {"hotel": stay.hotel, **_search_arguments(stay)}, hotels.booking(stay, stage.chance))
    tape.call("send_confirmation", {"code": stay.code, "channel": "email"}, {"queued": True})
    tape.answer(desk.say(desk.pack.booked))
    stage.told(tape)


def _double_charge(desk: Desk, tape: Tape) -> None:
    _charge(tape, desk.stay, PAYMENT_TIMEOUT)
    failing = _charge(tape, desk.stay)
    ledger = [{"charge_id": "ch_first", "status": "captured"}, {"charge_id": "ch_second", "status": "captured"}]
    tape.call("list_charges", {"reference": desk.stay.code}, ledger)
    tape.answer(desk.say(desk.pack.booked))
    corrected = (
        f"{desk.say(desk.pack.booked)}\n\nThe first payment attempt went through although it timed out, so €{desk.stay.total} "
        "were taken twice. I have refunded one of the two charges; it is back on your card in 3 to 5 working days."
    )
    desk.stage.told(tape, fault=faults.DOUBLE_CHARGE, failing_span=failing, corrected=corrected)


def cancel(desk: Desk, *, is_late: bool) -> None:
    """The guest cancels, within the free period or after it."""
    stage, stay = desk.stage, desk.stay
    tape = stage.turn(desk.say(desk.pack.cancel_ask))
    tape.call("get_booking", {"code": stay.code}, hotels.booking(stay, stage.chance))
    tape.retrieve("cancellation free period refund", hotels.documents(stage.chance, "cancellation", "breakfast"))
    hours = 26 if is_late else 24 * 12
    thought = f"Arrival is in {hours} hours; the rule says 48."
    if is_late and not desk.is_to(faults.REFUND_POLICY):
        tape.answer(desk.say(desk.pack.cancel_fee), thought=thought)
        stage.told(tape)
        return
    arguments = {"code": stay.code, "refund": stay.total}
    failing = tape.call("cancel_booking", arguments, {"status": "cancelled", **arguments}, thought=thought)
    if is_late:
        tape.answer(desk.say(desk.pack.refunded_wrongly))
        stage.told(tape, fault=faults.REFUND_POLICY, failing_span=failing, corrected=desk.say(desk.pack.cancel_fee))
    else:
        tape.answer(desk.say(desk.pack.cancelled_free))
        stage.told(tape)


def pets(desk: Desk) -> None:
    """A question that one document answers."""
    stage = desk.stage
    tape = stage.turn(desk.say(desk.pack.pets_ask))
    tape.retrieve("dog pet hotel", hotels.documents(stage.chance, "pets", "breakfast"))
    if desk.is_to(faults.MISREAD_POLICY):
        tape.answer(desk.say(desk.pack.pets_wrong))
        stage.told(tape, fault=faults.MISREAD_POLICY, corrected=desk.say(desk.pack.pets_right))
    else:
        tape.answer(desk.say(desk.pack.pets_right))
        stage.told(tape)


def late_arrival(desk: Desk) -> None:
    """A question whose old document is still in the index."""
    stage = desk.stage
    tape = stage.turn(desk.say(desk.pack.late_ask))
    if desk.is_to(faults.OUTDATED_POLICY):
        failing = tape.retrieve("reception opening hours", hotels.documents(stage.chance, "reception-old", "breakfast"))
        tape.answer(desk.say(desk.pack.late_outdated))
        right = desk.say(desk.pack.late_right)
        stage.told(tape, fault=faults.OUTDATED_POLICY, failing_span=failing, corrected=right)
        return
    tape.retrieve("reception opening hours", hotels.documents(stage.chance, "reception", "reception-old"))
    tape.call("add_note", {"code": desk.stay.code, "note": "late arrival"}, {"saved": True})
    tape.answer(desk.say(desk.pack.late_right))
    stage.told(tape)


def frustrated(desk: Desk) -> None:
    """The agent asks for what it was told, until somebody takes over."""
    stage = desk.stage
    first = stage.turn(desk.say(desk.pack.cancel_ask))
    first.call(
        "get_booking", {"code": desk.stay.code.lower()}, error=ToolError("NotFound", "no booking with this code")
    )
    first.answer(desk.say(desk.pack.asks_again))
    stage.told(first, fault=faults.LOOP, corrected=desk.say(desk.pack.cancelled_free))
    for _ in range(stage.chance.randint(1, 2)):
        again = stage.turn(desk.say(desk.pack.angry))
        again.answer(desk.say(desk.pack.asks_again))
        stage.told(again, fault=faults.LOOP, corrected=desk.say(desk.pack.hand_over))
    last = stage.turn(desk.say(desk.pack.angry))
    last.call("escalate_to_human", {"code": desk.stay.code, "reason": "guest is frustrated"}, {"ticket": "T-4471"})
    last.answer(desk.say(desk.pack.hand_over))
    stage.told(last)


Part = Callable[[Desk], None]
BOOK: tuple[Part, ...] = (search, pick, agree)


def tell(stage: Stage, today: date, parts: tuple[Part, ...]) -> list[Story]:
    """A conversation out of these parts, all about one stay."""
    desk = Desk(stage, hotels.imagined(stage.chance, today))
    for part in parts:
        part(desk)
    return stage.stories


def cancel_early(desk: Desk) -> None:
    """Within the free period."""
    cancel(desk, is_late=False)


def cancel_late(desk: Desk) -> None:
    """After the free period."""
    cancel(desk, is_late=True)
