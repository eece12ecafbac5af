"""What every test may ask for; the fixtures stand in `tests/fixtures`, by what they start."""

import gc
import os

import pytest
from hypothesis import settings

# A busy machine is no failure of a property. HYPOTHESIS_PROFILE=long looks for much longer, at other cases each time.
settings.register_profile("tests", deadline=None)
settings.register_profile("long", deadline=None, max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "tests"))

pytest_plugins = [
    "tests.fixtures.database",
    "tests.fixtures.processes",
    "tests.fixtures.browser",
    "tests.fixtures.clients",
    "tests.fixtures.people",
    "tests.fixtures.opinions",
    "tests.fixtures.place",
    "tests.fixtures.mailing",
    "tests.fixtures.receiving",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long ones, and mark as "smoke" every test of the domain that uses the database: these also run on
    a PostgreSQL from outside.
    """
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        uses_database = names & {"db", "transactional_db", "live"} or item.get_closest_marker("django_db")
        if uses_database and item.path.is_relative_to(item.config.rootpath / "tests" / "domain"):
            item.add_marker(pytest.mark.smoke)


def pytest_collection_finish() -> None:
    """All that is loaded by now stays: to look through it for garbage again and again is a ninth of the tests' time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
