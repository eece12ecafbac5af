"""Measurements. Every module here but this pair has `run()`, which yields `Figure`s; `python -m bench` runs them all."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value: `name` says of what, `unit` in what, `note` under which circumstances."""

    name: str
    value: float
    unit: str
    note: str = ""

    def __str__(self) -> str:
        return f"{self.name:<48} {_shown(self.value):>14} {self.unit:<12} {self.note}".rstrip()


def _shown(value: float) -> str:
    """Three digits at least."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
