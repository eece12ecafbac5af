"""Chooses a share of traces by a hash, so that every worker and every backfill chooses the same. Pure.

The formula, for whoever wants to repeat it: the first 6 bytes of SHA-256 over the 16 bytes of the rule's UUID and the
16 bytes of the trace's UUID are a whole number, big-endian; divided by 2**48 it is the trace's place in [0, 1) for this
rule. A trace is in the sample when its place is below the rate. So a higher rate keeps every trace of a lower one, and
two rules choose independently of each other.
"""

from __future__ import annotations

import hashlib
import math
from decimal import Decimal
from uuid import UUID

BYTES = 6
SPACE = 1 << 8 * BYTES


def number(rule: UUID, trace: UUID) -> int:
    """The trace's place for the rule as a whole number below 2**48."""
    return int.from_bytes(hashlib.sha256(rule.bytes + trace.bytes).digest()[:BYTES], "big")


def place(rule: UUID, trace: UUID) -> float:
    """The trace's place for the rule in [0, 1)."""
    return number(rule, trace) / SPACE


def threshold(rate: Decimal) -> int:
    """The number below which a trace is in a sample of this rate (0 to 1)."""
    return math.ceil(rate * SPACE)


def is_sampled(rule: UUID, trace: UUID, *, rate: Decimal) -> bool:
    """Whether the trace is in the rule's sample at this rate (0 to 1)."""
    return number(rule, trace) < threshold(rate)
