"""Where people reach this installation: what every link begins with that is mailed, sent to programs or handed on."""

from __future__ import annotations

from django.conf import settings


def absolute(path: str) -> str:
    """The address of a path of ours, whoever asks for it and by which of the installation's names."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"
