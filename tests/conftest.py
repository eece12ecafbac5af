"""What every test may ask for; the fixtures stand in `tests/fixtures`, by what they start."""

pytest_plugins = [
    "tests.fixtures.database",
    "tests.fixtures.processes",
    "tests.fixtures.browser",
    "tests.fixtures.people",
]
