"""Labels in drafts, which are names that somebody has typed or marked and not yet submitted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection

from annotation.models import Draft, Project

_PARTS = ("labels", "evidence", "steps")

_NAMING = """
SELECT draft.id FROM annotation_draft AS draft JOIN annotation_item AS item ON item.id = draft.item_id
WHERE item.workspace_id = %(workspace)s
  AND EXISTS (
    SELECT 1 FROM (
      SELECT jsonb_path_query(draft.content, 'lax $.labels[*]') UNION ALL
      SELECT jsonb_path_query(draft.content, 'lax $.steps[*].labels[*]')
    ) AS label(name) WHERE lower(label.name #>> '{}') = lower(%(name)s)
  )
  AND (
    starts_with(item.subject, %(threads)s) OR EXISTS (
      SELECT 1 FROM annotation_trace AS trace WHERE trace.workspace_id = item.workspace_id
        AND trace.uuid = item.trace_uuid AND trace.project_id = %(project)s
    )
  )
ORDER BY draft.id FOR UPDATE OF draft
"""


def rename(*, project: Project, old: str, new: str) -> list[dict[str, Any]]:
    """Put the new name in place of the old one in all drafts of the project; what stood there, for `put_back`."""
    before = []
    for draft in (drafts := _naming(project, old)):
        kept = {name: draft.content[name] for name in _PARTS if name in draft.content}
        before.append({"id": draft.pk, "saved_at": draft.saved_at.isoformat(), **kept})
        draft.content = {**draft.content, **_renamed(kept, old, new)}
    Draft.objects.bulk_update(drafts, ["content"], batch_size=500)
    return before


def put_back(before: Iterable[dict[str, Any]]) -> None:
    """Undo `rename` in the drafts that nobody has typed in since."""
    noted = {note["id"]: note for note in before}
    drafts = list(Draft.objects.select_for_update().filter(pk__in=noted).order_by("pk"))
    same = [draft for draft in drafts if draft.saved_at.isoformat() == noted[draft.pk]["saved_at"]]
    for draft in same:
        kept = {name: value for name, value in noted[draft.pk].items() if name in _PARTS}
        draft.content = {**draft.content, **kept}
    Draft.objects.bulk_update(same, ["content"], batch_size=500)


def _naming(project: Project, name: str) -> list[Draft]:
    given: dict[str, str | int] = {
        "workspace": project.workspace_id,
        "project": project.pk,
        "threads": f"thread:{project.pk}:",
        "name": name,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NAMING, given)
        found = [row[0] for row in cursor.fetchall()]
    return list(Draft.objects.filter(pk__in=found).order_by("pk"))


def _renamed(kept: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    def named(name: Any) -> Any:
        return new if isinstance(name, str) and name.lower() == old.lower() else name

    def all_named(names: list[Any]) -> list[Any]:
        return list(dict.fromkeys(named(name) for name in names))

    made: dict[str, Any] = {}
    if "labels" in kept:
        made["labels"] = all_named(kept["labels"])
    if "evidence" in kept:
        made["evidence"] = [{**one, "label": named(one.get("label"))} for one in kept["evidence"]]
    if "steps" in kept:
        made["steps"] = [{**one, "labels": all_named(one.get("labels", []))} for one in kept["steps"]]
    return made
