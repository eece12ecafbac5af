"""Where a row came from, as it was known when the row was made: the typed reader of `Example.provenance`. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Origin(StrEnum):
    """How the row came into the dataset."""

    HAND = "hand"
    TRACE = "trace"
    RUN = "run"
    REVIEW = "review"
    API = "api"


class Provenance(BaseModel):
    """Trace and run; for a row from a review also who corrected, who accepted, and what sent the trace to people.

    People and queues are kept by their names at the time: the row tells its story when they are gone.
    `probability` is the chance with which the rule's sampling let the trace in (None: put into the queue by hand).
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    origin: Origin = Origin.HAND
    trace_id: UUID | None = None
    run_id: UUID | None = None
    review_id: UUID | None = None
    reviewer: str | None = None
    is_corrected: bool = False
    accepted_by: str | None = None
    queue: str | None = None
    item: int | None = None
    rule: str | None = None
    rule_id: UUID | None = None
    rule_revision: int | None = None
    probability: float | None = None

    def document(self) -> dict[str, Any]:
        """The JSON that a row keeps."""
        return self.model_dump(mode="json", exclude_defaults=True) | {"origin": self.origin.value}

    def exported(self) -> dict[str, Any]:
        """For exports and the REST interface: every field, absent ones null."""
        return self.model_dump(mode="json")


def read(document: Mapping[str, Any]) -> Provenance:
    """The provenance kept on a row; unknown fields of later versions are passed over."""
    return Provenance.model_validate(document)
