"""The key that signs sessions and links: given in production, made and kept locally."""

import os
import secrets
from contextlib import suppress

from django.core.exceptions import ImproperlyConfigured

from traceapp import embedded

_SHORTEST = 32
_DIFFERENT = 10


def checked(given: str, *, is_production: bool) -> str:
    """The key to use: `given`, or on one's own machine the one kept in the data folder.

    Raises ImproperlyConfigured in production for a key that is missing, short or known.
    """
    is_weak = len(given) < _SHORTEST or len(set(given)) < _DIFFERENT or given.startswith("django-insecure")
    if is_production and is_weak:
        message = (
            f"SECRET_KEY must be at least {_SHORTEST} random characters, known to this installation only: "
            "python -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
        raise ImproperlyConfigured(message)
    return given or _kept()


def _kept() -> str:
    """The key in the data folder, made when absent; of two processes that make it at once, one wins for both."""
    file = embedded.home() / "secret_key"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f"secret_key.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        with suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    return file.read_text()
