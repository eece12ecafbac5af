"""The main navigation: what stands in it for whom, and what every page loads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from annotation.domain.access import Capability
from annotation.models import Membership, User


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of the navigation; `section` is the first part of the addresses below it."""

    label: str
    icon: str
    address: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Account:
    """Who is signed in, in which workspace (empty outside one), with which role; `here` is the page they look at."""

    name: str
    email: str
    workspace: str
    role: str
    theme: str
    here: str


@dataclass(frozen=True, slots=True)
class Navigation:
    """The entries at the top of the rail, and those at its foot, above the menu of the account."""

    above: tuple[Entry, ...]
    below: tuple[Entry, ...]
    account: Account | None
    themes: tuple[tuple[str, str], ...]


#: label, icon, name of the address, section of the address, capabilities any of which shows it
_WORK = (
    ("Queues", "inbox", "queue-list", "queues", (Capability.READ, Capability.REVIEW)),
    ("Traces", "list", "trace-list", "traces", (Capability.READ,)),
    ("Rules", "rule", "rule-list", "rules", (Capability.READ,)),
    ("Datasets", "data", "dataset-list", "datasets", (Capability.READ,)),
    ("Jobs", "job", "job-list", "jobs", (Capability.READ,)),
)
#: Pages that stand under another address belong to a section all the same.
_SECTIONS = {"traces": ("traces", "threads")}
_SETTINGS = (("Settings", "gear", "settings", "settings", (Capability.READ,)),)


def of(request: HttpRequest) -> Navigation:
    """The navigation of whoever asks; outside a workspace there is only the account."""
    workspace, actor = getattr(request, "workspace", None), getattr(request, "actor", None)
    work: list[Entry] = []
    if workspace and actor:
        shown = [one for one in _WORK + _SETTINGS if any(actor.may(capability) for capability in one[4])]
        work = [entry for one in shown if (entry := _entry(request.path, workspace.slug, *one[:4]))]
    settings_entries = tuple(entry for entry in work if entry.label == "Settings")
    above = tuple(entry for entry in work if entry.label != "Settings")
    return Navigation(above, settings_entries, _account(request), tuple(User.Theme.choices))


def _entry(path: str, workspace: str, label: str, icon: str, name: str, section: str) -> Entry | None:
    try:
        address = reverse(name, args=[workspace])
    except NoReverseMatch:  # a part of the product that this installation does not serve
        return None
    return Entry(
        label,
        icon,
        address,
        path.startswith(tuple(f"/w/{workspace}/{part}/" for part in _SECTIONS.get(section, (section,)))),
    )


def _account(request: HttpRequest) -> Account | None:
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return None
    membership: Membership | None = getattr(request, "membership", None)
    return Account(
        name=user.name or user.email,
        email=user.email,
        workspace=membership.workspace.name if membership else "",
        role=membership.get_role_display() if membership else "",
        theme=user.theme,
        here=request.get_full_path() if request.method == "GET" else "/",
    )


def shell(request: HttpRequest) -> dict[str, object]:
    """A context processor: what the shell of every page shows and loads; style sheets and scripts are all of ours."""
    return {
        "navigation": SimpleLazyObject(lambda: of(request)),
        "stylesheets": _assets("css"),
        "scripts": _assets("js"),
    }


@cache
def _assets(kind: str) -> list[str]:
    names = sorted(file.name for file in Path(settings.BASE_DIR, "static", kind).glob(f"*.{kind}"))
    names.sort(key=lambda name: name != "tokens.css")  # the order of the layers stands in it
    return [f"{kind}/{name}" for name in names]
