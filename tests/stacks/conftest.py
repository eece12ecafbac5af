"""One installation and one stand-in for model providers for all programs of a session."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from functools import cache

import pytest

from tests.stacks import environments, guide
from tests.stacks.installation import RunProgram, Shown
from tests.stacks.provider.server import Provider
from tests.traceapp.test_up import FIRST_START, Installation

_COMPLAINT = re.compile("fail(ed)? to (export|send)|error occurred(?! while fetching pricing)|404", re.IGNORECASE)
"""What SDKs print, and go on, where something they send is not taken (and OpenLIT, where it may not ask for prices)."""


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """`manage.py up` in a data folder of its own."""
    made = Installation(tmp_path_factory.mktemp("stacks") / "home")
    made.start("--port", str(made.port), **FIRST_START)
    yield made
    made.end(signal.SIGTERM)


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    """The stand-in, serving."""
    with Provider() as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()


@pytest.fixture(scope="session")
def run_program(installation: Installation, provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> RunProgram:
    """`run_program(SLUG)` runs the program of a section of the guide as the guide says, once; shows what arrived."""
    folder = tmp_path_factory.mktemp("programs")

    @cache
    def run(slug: str) -> Shown:
        section, shown = guide.sections()[slug], Shown(installation, f"stack-{slug}")
        line = environments.command(section)
        environment = _clean() | {
            **_models(provider),
            "CLAUDE_CONFIG_DIR": str(folder),  # it keeps its sessions somewhere
            "PYTHONPATH": str(guide.PROGRAMS),
            **section.environment(address=shown.address, key=shown.key),
        }
        done = subprocess.run(
            line, env=environment, cwd=folder, capture_output=True, text=True, check=False, timeout=120
        )
        if done.returncode or _COMPLAINT.search(done.stderr):
            pytest.fail(f"{slug} ends with {done.returncode}:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
        return shown

    return run


def _models(provider: Provider) -> dict[str, str]:
    """What sends every provider's client to the stand-in."""
    return {
        "ANTHROPIC_API_KEY": "none",
        "ANTHROPIC_BASE_URL": provider.address,
        "ENABLE_TOOL_SEARCH": "false",  # Claude Code else hides tools until the model looks for them
        "GEMINI_API_KEY": "none",
        "GOOGLE_GEMINI_BASE_URL": provider.address,
        "OPENAI_API_BASE": f"{provider.address}/v1",
        "OPENAI_API_KEY": "none",
        "OPENAI_BASE_URL": f"{provider.address}/v1",
    }


def _clean() -> dict[str, str]:
    """Nothing of this machine's own tracing or keys reaches a program."""
    kept = ("PATH", "HOME", "LANG", "SSL_", "NODE_", "REQUESTS_CA")
    return {name: value for name, value in os.environ.items() if name.startswith(kept)}
