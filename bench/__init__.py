"""Measurements. A part is a module with `run()`, which yields `Figure`s; `python -m bench` runs the usual ones."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value: `name` says of what, `unit` in what, `goal` what it should be; a ratio is to the floor."""

    name: str
    value: float
    unit: str
    goal: str = ""
    ratio: float | None = None

    def __str__(self) -> str:
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        return f"| {self.name:<58} | {_shown(self.value):>9} | {self.unit:<8} | {ratio:>5} | {self.goal:<10} |"


HEAD = f"| {'what':<58} | {'figure':>9} | {'unit':<8} | ratio | {'goal':<10} |\n| {'-' * 58} | {'-' * 8}: | {'-' * 8} | ----: | {'-' * 10} |"


def _shown(value: float) -> str:
    """Three digits at least."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
