"""Why a change of the taxonomy is refused."""

from __future__ import annotations


class TaxonomyError(ValueError):
    """The change is not made; the message says why and what to do. `code` is for programs."""

    code = "taxonomy_refused"


class NameTakenError(TaxonomyError):
    """Another failure mode of the project has this name."""

    code = "name_taken"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a failure mode called {name} already in this project: choose another name.")


class CarryingError(TaxonomyError):
    """A job is still carrying uses of the mode."""

    code = "still_carrying"

    def __init__(self, name: str) -> None:
        super().__init__(f"Uses of “{name}” are still being carried over: wait for that job to end, or stop it.")
