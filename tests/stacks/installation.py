"""The installation that the programs send to, and what it shows of their traces over the REST interface."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from tests.traceapp.test_up import KEY, Installation

Json = dict[str, Any]
Tree = tuple[str, str, list["Tree"]]
"""Type and name of a run, and of the runs below it in the order of their start."""


class Shown:
    """Traces of one project, as a program with a key sees them."""

    def __init__(self, installation: Installation, project: str) -> None:
        self._installation = installation
        self.project = project

    @property
    def address(self) -> str:
        """Of the installation."""
        return f"http://127.0.0.1:{self._installation.port}"

    @property
    def key(self) -> str:
        """One that may do everything."""
        return KEY

    def ask(self, path: str) -> Any:
        """The JSON at an address."""
        return self._installation.ask(path)

    def traces(self) -> list[Json]:
        """All of the project, without their runs."""
        found: list[Json] = self.ask(f"/api/v1/traces?limit=200&project={quote(self.project)}")["results"]
        return found

    def trace(self, name: str, *, where: Callable[[Json], bool] = lambda _trace: True) -> Json:
        """The one trace of this name (for which `where` holds), whole; waits up to 10 seconds for it."""
        until = time.monotonic() + 10
        while True:
            found = [whole for row in self.traces() if row["name"] == name and where(whole := self._whole(row))]
            if len(found) == 1:
                return found[0]
            if time.monotonic() > until:
                raise AssertionError(f"{len(found)} traces {name} in {self._listing()}")
            time.sleep(0.2)

    def _whole(self, row: Json) -> Json:
        whole: Json = self.ask(f"/api/v1/traces/{row['id']}")
        return whole

    def _listing(self) -> list[tuple[str, str, str]]:
        return [(row["name"], row["status"], row["started_at"]) for row in self.traces()]


RunProgram = Callable[[str], Shown]


def tree(trace: Json) -> Tree:
    """The runs of a trace below its root."""
    (root,) = (run for run in trace["runs"] if run["parent_id"] is None)
    return _below(root, trace["runs"])


def _below(run: Json, runs: list[Json]) -> Tree:
    return run["type"], run["name"], [_below(child, runs) for child in runs if child["parent_id"] == run["id"]]


def of_type(trace: Json, kind: str) -> list[Json]:
    """All runs of a type, in the order of their start."""
    return [run for run in trace["runs"] if run["type"] == kind]
