"""Why a change of a dataset is refused. Pure."""

from __future__ import annotations

from collections.abc import Mapping


class DatasetError(Exception):
    """A change of a dataset that cannot be made; the text says to people why, and what to do."""


class ArchivedDatasetError(DatasetError):
    """The dataset is archived: it can be read and exported, not changed."""

    def __init__(self, name: str) -> None:
        super().__init__(f"“{name}” is archived: restore it before changing its rows.")


class NameTakenError(DatasetError):
    """Another dataset of the workspace has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a dataset named “{name}” already; choose another name.")


class NoSuchRowError(DatasetError):
    """The dataset has no such row, or not any more."""

    def __init__(self) -> None:
        super().__init__("This row is not in the newest version of the dataset; it may have been removed meanwhile.")


class NoSuchVersionError(DatasetError):
    """The dataset has no version with this number."""

    def __init__(self, number: int, newest: int) -> None:
        super().__init__(f"There is no version {number}; the newest is {newest}.")


class ChangedMeanwhileError(DatasetError):
    """Somebody else changed the row after it was read."""

    def __init__(self, version: int) -> None:
        super().__init__(
            f"This row was changed in version {version}, after you opened it. Nothing was saved: compare, then save again."
        )


class InvalidRowError(DatasetError):
    """A row cannot be kept; `problems` maps inputs, outputs, metadata or split to what is wrong with it."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {problem}" for name, problem in problems.items()))
        self.problems = dict(problems)


class InvalidSchemaError(DatasetError):
    """The schema of a dataset is not a JSON Schema; `part` is inputs or outputs."""

    def __init__(self, part: str, problem: str) -> None:
        super().__init__(f"The schema of {part} is not a JSON Schema: {problem}")
        self.part = part
        self.problem = problem
