"""Where an installation of its own may lie."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """One data folder for all tests of a file, as making one takes a second: nothing runs there between them.

    It is none of pytest's folders: the next run of pytest as root shuts those to the user whom PostgreSQL runs as.
    """
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "home"
