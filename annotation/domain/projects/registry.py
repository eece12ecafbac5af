"""Projects by name: they come into being when somebody first sends to them."""

from collections.abc import Iterable
from hashlib import sha256

from django.db.models import QuerySet
from django.utils.text import slugify

from annotation.domain import statements
from annotation.models import Project

MAX_NAME = 200
DEFAULT_NAME = "default"
_MAX_SLUG = 180
_TABLE = Project._meta.db_table  # noqa: SLF001 -- the only way to a table's name


def ensure(*, workspace_id: int, names: Iterable[str]) -> dict[str, int]:
    """The ids of the workspace's projects with these names, created where absent; safe at the same time."""
    asked = {name: _storable(name) for name in names}
    known = _known(workspace_id, asked.values())
    missing = sorted(set(asked.values()) - known.keys())
    if missing:
        taken = set(_living(workspace_id).values_list("slug", flat=True))
        rows = [Project(workspace_id=workspace_id, name=name, slug=_slug(name, taken)) for name in missing]
        Project.objects.bulk_create(rows, ignore_conflicts=True)
        known = _known(workspace_id, asked.values())
    return {name: known[stored] for name, stored in asked.items()}


def _known(workspace_id: int, names: Iterable[str]) -> dict[str, int]:
    return dict(statements.ask(_KNOWN, [workspace_id, list(set(names))])())


_KNOWN = f"SELECT name, id FROM {_TABLE} WHERE workspace_id = %s AND name = ANY(%s) AND deleted_at IS NULL"  # noqa: S608 -- our own


def _living(workspace_id: int) -> QuerySet[Project]:
    return Project.objects.filter(workspace_id=workspace_id, deleted_at__isnull=True)


def _storable(name: str) -> str:
    return name.strip()[:MAX_NAME] or DEFAULT_NAME


def _slug(name: str, taken: set[str]) -> str:
    """A slug that no other name has: with a digest of the name if the plain one is taken or empty."""
    plain = slugify(name)[:_MAX_SLUG]
    if plain and plain not in taken:
        taken.add(plain)
        return plain
    return f"{plain or 'project'}-{sha256(name.encode()).hexdigest()[:8]}"
