"""Agents and their environments, which newer SDKs send to instead of a project: each is a project of ours, by its name.

On the wire an address is the text `lrn:agents/ID/environments/ENVIRONMENT`, as the packages write it since 0.15 (Python) and
0.12 (JavaScript).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

ENVIRONMENTS = ("local", "development", "staging", "production")
NAME = rf"^[a-z]([a-z0-9-]{{0,61}}[a-z0-9])?/({'|'.join(ENVIRONMENTS)})$"
"""What such a project is called, for the database as well."""

_WRITTEN = re.compile(r"lrn:agents/([^/]+)/environments/([^/]+)")


def project_name(agent: str, environment: str) -> str | None:
    """The name of the project of an agent's environment, in whichever case; None for what is no address."""
    name = f"{agent}/{environment.lower()}"
    return name if is_of_agent(name) else None


def named(address: Any) -> str | None:
    """The name of the project that a run's `address` means; None for what is no address."""
    if isinstance(address, Mapping):
        return project_name(str(address.get("id")), str(address.get("environment")))
    found = _WRITTEN.fullmatch(address) if isinstance(address, str) else None
    return project_name(*found.groups()) if found else None


def is_of_agent(name: str) -> bool:
    """Whether a project of this name is an agent's."""
    return re.fullmatch(NAME, name) is not None
