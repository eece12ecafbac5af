"""In production, an unsafe installation does not start, and says why."""

import os
import socket
import subprocess
import sys

import pytest
from django.conf import settings

KEY = "k3y-0f-4-pr0duct10n-1nst4ll4t10n-that-is-long"


def load(**environment: str) -> subprocess.CompletedProcess[str]:
    """Import the settings in a process of their own."""
    kept = {name: os.environ[name] for name in ("PATH", "TRACEAPP_HOME")}
    command = [sys.executable, "-c", "from traceapp import settings; print(settings.SESSION_COOKIE_SECURE)"]
    return subprocess.run(
        command, cwd=settings.BASE_DIR, env=kept | environment, capture_output=True, text=True, check=False
    )


def test_production_starts_with_everything_given_and_secures_its_cookies() -> None:
    done = load(TRACEAPP_ENV="production", SECRET_KEY=KEY, ALLOWED_HOSTS="traces.example.org")
    assert (done.stdout, done.stderr) == ("True\n", "")


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"ALLOWED_HOSTS": "traces.example.org"}, "SECRET_KEY must be at least 32 random characters"),
        ({"ALLOWED_HOSTS": "traces.example.org", "SECRET_KEY": "a" * 60}, "SECRET_KEY must be at least 32 random"),
        ({"SECRET_KEY": KEY}, "ALLOWED_HOSTS must name the hosts people use"),
        ({"SECRET_KEY": KEY, "ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name the hosts people use"),
        ({"SECRET_KEY": KEY, "ALLOWED_HOSTS": "traces.example.org", "DEBUG": "1"}, "DEBUG shows secrets to visitors"),
    ],
)
def test_production_refuses_what_is_unsafe(environment: dict[str, str], message: str) -> None:
    done = load(TRACEAPP_ENV="production", **environment)
    assert done.returncode == 1
    assert message in done.stderr


def test_a_database_that_is_silent_is_given_up_soon() -> None:
    """A machine that takes the connection and says nothing, as one does that hangs."""
    program = "import django; django.setup(); from django.db import connection; connection.ensure_connection()"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgres://nobody@127.0.0.1:{silent.getsockname()[1]}/nothing?connect_timeout=2"
        kept = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "traceapp.settings", "DATABASE_URL": url}
        command = [sys.executable, "-c", program]
        done = subprocess.run(
            command, cwd=settings.BASE_DIR, env=kept, capture_output=True, text=True, check=False, timeout=60
        )
    assert (done.returncode, "timeout expired" in done.stderr) == (1, True)
    assert settings.DATABASES["default"]["OPTIONS"]["connect_timeout"] == 5


def test_a_local_installation_keeps_one_secret_key() -> None:
    command = [sys.executable, "-c", "from traceapp import settings; print(settings.SECRET_KEY)"]
    keys = {subprocess.check_output(command, cwd=settings.BASE_DIR, text=True) for _ in range(2)}
    assert len(keys) == 1
    assert len(keys.pop().strip()) > 50
