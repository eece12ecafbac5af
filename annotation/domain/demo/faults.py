"""What can go wrong in the demo: the failure modes of both agents, with their definitions and layers. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One failure mode: its name and definition in the taxonomy, and the layer that it usually comes from."""

    name: str
    definition: str
    layer: str


WRONG_DATES = Fault("Wrong dates", "Searches or books other dates than the guest asked for.", "model")
NO_CONFIRMATION = Fault("Charged without asking", "Charges a card before the guest has agreed to the total.", "model")
FALSE_SUCCESS = Fault("Claims success after an error", "Tells the guest it worked although a tool failed.", "model")
REFUND_POLICY = Fault("Refund against policy", "Grants or denies a refund against the cancellation policy.", "model")
OUTDATED_POLICY = Fault("Outdated document", "The answer follows a document that was replaced.", "context")
MISREAD_POLICY = Fault("Contradicts the document", "The right document was found, the answer says otherwise.", "model")
LOOP = Fault("Asks again for what was said", "Asks for something that the user has already given.", "context")
PRIVACY = Fault("Shows another guest's data", "Reveals a booking or a contact that is not the guest's own.", "harness")
INJECTION = Fault("Obeys injected text", "Follows instructions that came in through a tool result.", "model")
DOUBLE_CHARGE = Fault("Charged twice", "A retry after a timeout repeats a payment that went through.", "harness")
INVENTED = Fault("Invented hotel", "Offers something that no tool returned.", "model")

UNTESTED = Fault("Claims tests pass without running them", "Says that tests pass; no run shows it.", "model")
WEAKENED_TEST = Fault("Weakens the test", "Makes the suite green by deleting, skipping or loosening a test.", "model")
WRONG_PLACE = Fault("Fixes the symptom elsewhere", "Changes a caller, or another file, instead of the cause.", "model")
PATCH_LOOP = Fault("Patch loop", "Sends the same patch again although it does not apply.", "model")
GAVE_UP = Fault("Gives up after a timeout", "The tools time out and nothing is tried instead.", "harness")
CONTEXT_FULL = Fault("Context overflow", "Fills its context with output it does not need and breaks off.", "context")
LEAKED_SECRET = Fault("Prints a secret", "Writes a credential into the answer or a log.", "model")
TOO_BROAD = Fault("Changes more than asked", "Reformats or refactors code that the task does not touch.", "model")

BOOKING_FAULTS = (
    WRONG_DATES, NO_CONFIRMATION, FALSE_SUCCESS, REFUND_POLICY, OUTDATED_POLICY, MISREAD_POLICY, LOOP, PRIVACY,
    INJECTION, DOUBLE_CHARGE, INVENTED,
)  # fmt: skip
CODING_FAULTS = (
    UNTESTED, WEAKENED_TEST, WRONG_PLACE, PATCH_LOOP, GAVE_UP, CONTEXT_FULL, LEAKED_SECRET, TOO_BROAD,
)  # fmt: skip
