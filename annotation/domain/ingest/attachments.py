"""Files that clients attach to runs: kept in a storage beside the database, handed out through signed links.

The file is written first, its row then. A crash between the two leaves a file that nobody knows, and the client, which
got no answer, sends both again, to the same name.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from annotation.domain.feedback import joining
from annotation.domain.ingest import tombstones
from annotation.domain.ingest.records import Rejections
from annotation.domain.ingest.values import clean_text
from annotation.models import Attachment, DeletedTrace, Run, RunShare, Workspace

_SALT = "annotation.attachment"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_TYPE = re.compile(r"[A-Za-z0-9.+_-]{1,100}/[A-Za-z0-9.+_-]{1,99}")
UNKNOWN_TYPE = "application/octet-stream"
MAX_NAME = 200
BAD_NAME = "the name of an attachment has to have 1 to 200 characters"
FOREIGN_RUN = "the attachment's run belongs to another project than the one this key may write to"


@dataclass(frozen=True, slots=True)
class Attached:
    """A file as it came."""

    run_id: UUID
    name: str
    mime_type: str
    content: bytes | memoryview


def storage() -> Storage:
    """Where the files are."""
    return storages["attachments"]


def keep(
    *,
    workspace: Workspace,
    attached: Sequence[Attached],
    traces: Mapping[UUID, UUID] | None = None,
    only_project_id: int | None = None,
) -> Rejections:
    """Keep files; on return they are on disk and known. A name that comes again takes the place of the one before.

    `traces` are those of the runs, as far as the sender tells them: files of deleted traces are turned away. Runs that
    come with the files are to be stored before them: then either their deletion finds the files, or these find it.
    `only_project_id` is the one project that the sender may write to, if it is bound to one.
    """
    if not attached:
        return Rejections()
    named = [_storable(one) for one in attached if 0 < len(one.name) <= MAX_NAME]
    foreign = _foreign(workspace, named, only_project_id) if only_project_id else set()
    kept = {(one.run_id, one.name): one for one in named if one.run_id not in foreign}
    written = [_written(workspace, one) for one in kept.values()]
    with transaction.atomic():
        joining.wait_for_givers(workspace_id=workspace.pk)
        deleted = _deleted(workspace, [row.run_uuid for row in written], traces or {})
        rows = [row for row in written if row.run_uuid not in deleted]
        replaced = _replaced(workspace, rows) | {row.path for row in written if row.run_uuid in deleted}
        Attachment.objects.bulk_create(
            sorted(rows, key=lambda row: (row.run_uuid, row.name)),
            update_conflicts=True,
            unique_fields=["workspace", "run_uuid", "name"],
            update_fields=["mime_type", "size", "path"],
        )
        transaction.on_commit(lambda: _forget_files(replaced))
    reasons = {
        BAD_NAME: len(attached) - len(named),
        FOREIGN_RUN: sum(one.run_id in foreign for one in named),
        tombstones.REFUSED: len(written) - len(rows),
    }
    return Rejections({reason: count for reason, count in reasons.items() if count})


def _storable(one: Attached) -> Attached:
    """With a name and a type that the database takes and that can stand in a header; an odd type is just bytes."""
    name = _CONTROL.sub("\ufffd", clean_text(one.name))
    return replace(one, name=name, mime_type=one.mime_type if _TYPE.fullmatch(one.mime_type) else UNKNOWN_TYPE)


def _foreign(workspace: Workspace, attached: Sequence[Attached], only_project_id: int) -> set[UUID]:
    runs = Run.objects.filter(workspace=workspace, uuid__in={one.run_id for one in attached})
    return set(runs.exclude(trace__project=only_project_id).values_list("uuid", flat=True))


def _written(workspace: Workspace, one: Attached) -> Attachment:
    content = bytes(one.content)
    digest = sha256(one.name.encode() + b"\0" + content).hexdigest()
    path = f"{workspace.uuid}/{one.run_id.hex[:2]}/{one.run_id}/{digest}"
    return Attachment(
        workspace=workspace,
        run_uuid=one.run_id,
        name=one.name,
        mime_type=one.mime_type,
        size=len(content),
        path=storage().save(path, ContentFile(content)),
    )


def _deleted(workspace: Workspace, runs: Collection[UUID], traces: Mapping[UUID, UUID]) -> set[UUID]:
    """Those of the runs whose traces were deleted. A run of which nothing is known may be the root of its trace."""
    stored = Run.objects.filter(workspace=workspace, uuid__in=set(runs) - traces.keys())
    known = {**dict(stored.values_list("uuid", "trace__uuid")), **traces}
    deleted = tombstones.among({known.get(run, run) for run in runs}, workspace_id=workspace.pk)
    return {run for run in runs if known.get(run, run) in deleted}


def _replaced(workspace: Workspace, rows: Sequence[Attachment]) -> set[str]:
    """The files that nothing will point at any more."""
    known = Attachment.objects.filter(workspace=workspace, run_uuid__in={row.run_uuid for row in rows})
    new = {(row.run_uuid, row.name): row.path for row in rows}
    found = known.values_list("run_uuid", "name", "path")
    return {path for run, name, path in found if new.get((run, name), path) != path}


def _forget_files(paths: Collection[str]) -> None:
    for path in paths:
        storage().delete(path)


def of_runs(*, workspace_id: int, runs: Collection[UUID]) -> Mapping[UUID, list[Attachment]]:
    """The attachments of runs, by run, each list by name."""
    grouped: dict[UUID, list[Attachment]] = {}
    for one in Attachment.objects.filter(workspace_id=workspace_id, run_uuid__in=runs).order_by("name"):
        grouped.setdefault(one.run_uuid, []).append(one)
    return grouped


def remove(*, workspace_id: int, runs: QuerySet[Any, Any]) -> None:
    """Delete the attachments of runs (a query of their UUIDs); the files go once that is committed."""
    rows = Attachment.objects.filter(workspace_id=workspace_id, run_uuid__in=runs)
    paths = set(rows.values_list("path", flat=True))
    rows.delete()
    transaction.on_commit(lambda: _forget_files(paths))


def forget_lost(*, since: datetime, before: datetime) -> int:
    """Delete the attachments that arrived in this time and whose runs never came, or were deleted before; how many."""
    lost = Attachment.objects.filter(
        ~Exists(Run.objects.filter(workspace=OuterRef("workspace"), uuid=OuterRef("run_uuid"))),
        created_at__gte=since,
        created_at__lt=before,
    )
    with transaction.atomic():
        found = dict(lost.values_list("pk", "path"))
        Attachment.objects.filter(pk__in=found).delete()
        transaction.on_commit(lambda: _forget_files(found.values()))
    return len(found)


def token(attachment: Attachment, *, share: RunShare | None = None) -> str:
    """What a link carries so that whoever has it may read this attachment, for a while; with `share` as long as the run
    is shared by that.
    """
    return signing.dumps([attachment.uuid.hex, share.pk if share else None], salt=_SALT)


def of_token(signed: str, *, lasts: timedelta) -> Attachment | None:
    """The attachment that a link opens; None for one that was not made here, is too old, or whose share was taken back
    or trace deleted.
    """
    try:
        uuid, share = signing.loads(signed, salt=_SALT, max_age=lasts)
    except (signing.BadSignature, ValueError):
        return None
    if share is not None and not RunShare.objects.filter(pk=share).exists():
        return None
    deleted = DeletedTrace.objects.filter(workspace=OuterRef("workspace"), trace_uuid=OuterRef("trace__uuid"))
    runs = Run.objects.filter(Exists(deleted), workspace=OuterRef("workspace"), uuid=OuterRef("run_uuid"))
    return Attachment.objects.exclude(Exists(runs)).filter(uuid=UUID(uuid)).first()
