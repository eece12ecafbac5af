"""The whole demo as stories: which conversations there are, when they were, and what went wrong in which. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from annotation.domain.demo import booking, coding, faults, rarities
from annotation.domain.demo.booking import Part
from annotation.domain.demo.faults import Fault
from annotation.domain.demo.hotels import BOOKING_AGENT
from annotation.domain.demo.phrases import ENGLISH, OTHERS, Pack
from annotation.domain.demo.stage import Stage
from annotation.domain.demo.story import Story
from annotation.domain.demo.tape import Agent
from annotation.domain.demo.tasks import CODING_AGENT

SEED = 20260302
SPAN_OF_DAYS = 21
BOOKING_THREADS = 44
CODING_THREADS = 16
TRACES = 400

Script = tuple[tuple[Part, ...], tuple[Fault, ...]]
LONG: tuple[Script, ...] = (
    (
        booking.BOOK,
        (faults.WRONG_DATES, faults.NO_CONFIRMATION, faults.FALSE_SUCCESS, faults.DOUBLE_CHARGE, faults.INVENTED),
    ),
    ((booking.search, booking.pets, booking.pick, booking.agree), (faults.MISREAD_POLICY, faults.FALSE_SUCCESS)),
    ((*booking.BOOK, booking.late_arrival), (faults.OUTDATED_POLICY, faults.DOUBLE_CHARGE)),
    ((*booking.BOOK, booking.cancel_early), (faults.NO_CONFIRMATION,)),
    ((booking.frustrated,), (faults.LOOP,)),
    ((booking.late_arrival, booking.cancel_late), (faults.REFUND_POLICY, faults.OUTDATED_POLICY)),
)
SHORT: tuple[Script, ...] = (
    ((booking.pets,), (faults.MISREAD_POLICY,)),
    ((booking.late_arrival,), (faults.OUTDATED_POLICY,)),
    ((booking.cancel_early,), ()),
    ((booking.cancel_late,), (faults.REFUND_POLICY,)),
    ((booking.search,), (faults.WRONG_DATES, faults.INVENTED)),
    ((rarities.reviews_of_guests,), (faults.INJECTION,)),
    ((rarities.somebody_elses_booking,), (faults.PRIVACY,)),
    ((rarities.group_itinerary,), ()),
    ((rarities.hostile_markup,), ()),
)
ENGLISH_ONLY = (
    rarities.reviews_of_guests, rarities.somebody_elses_booking, rarities.group_itinerary, rarities.hostile_markup,
)  # fmt: skip


def stories(now: datetime, *, seed: int = SEED) -> list[Story]:
    """About `TRACES` traces of the last three weeks before `now`, oldest first; the same for the same `now` and seed."""
    chance = Random(seed)  # noqa: S311 -- the same world every time
    told = list(_conversations(chance, now))
    while len(told) < TRACES:
        agent = BOOKING_AGENT if chance.random() < 0.45 else CODING_AGENT
        told += _short(chance, now) if agent is BOOKING_AGENT else _session(chance, now, turns=1)
    return sorted(told, key=lambda story: story.started_ns)


def _conversations(chance: Random, now: datetime) -> Iterator[Story]:
    for number in range(BOOKING_THREADS):
        script = LONG[number % len(LONG)]
        yield from _booking(chance, now, script, thread=f"guest-{chance.randbytes(3).hex()}")
    for _ in range(CODING_THREADS):
        turns = chance.randint(2, 4)
        yield from _session(chance, now, turns=turns, thread=f"session-{chance.randbytes(3).hex()}")


def _booking(chance: Random, now: datetime, script: Script, thread: str | None = None) -> list[Story]:
    parts, possible = script
    is_english = parts[0] in ENGLISH_ONLY or chance.random() < 0.6
    stage = _stage(chance, now, BOOKING_AGENT, pack=ENGLISH if is_english else chance.choice(OTHERS))
    stage.fault = chance.choice(possible) if possible and chance.random() < 0.55 else None
    stage.thread, stage.user = thread, f"guest-{chance.randint(1000, 9999)}"
    return booking.tell(stage, now.date(), parts)


def _short(chance: Random, now: datetime) -> list[Story]:
    return _booking(chance, now, chance.choice(SHORT))


def _session(chance: Random, now: datetime, *, turns: int, thread: str | None = None) -> list[Story]:
    stage = _stage(chance, now, CODING_AGENT)
    stage.fault = chance.choice(faults.CODING_FAULTS) if chance.random() < 0.34 else None
    stage.thread, stage.user = thread, f"dev-{chance.randint(10, 40)}"
    return coding.tell(stage, turns)


def _stage(chance: Random, now: datetime, agent: Agent, pack: Pack | None = None) -> Stage:
    """A conversation at some time of the last weeks, more likely in daytime and lately."""
    age = timedelta(days=SPAN_OF_DAYS * chance.random() ** 1.6, hours=1)
    begun = (now - age).astimezone(UTC)
    begun = begun.replace(hour=min(23, max(0, int(chance.gauss(14, 4)))), minute=chance.randint(0, 59))
    begun = min(begun, now - timedelta(minutes=chance.randint(25, 180)))
    channel = chance.choice(("web", "app", "phone")) if pack else chance.choice(("editor", "terminal", "pull-request"))
    tags = ("production",) if chance.random() < 0.85 else ("staging",)
    metadata = {"channel": channel, "region": chance.choice(("eu-west", "eu-north", "ap-east"))}
    if pack:
        metadata["language"] = pack.language
    return Stage(agent, chance, int(begun.timestamp() * 1e9), pack=pack, tags=tags, metadata=metadata)
