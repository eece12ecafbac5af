"""Datasets themselves: made, renamed, given a schema, archived and restored."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from annotation.domain import audit
from annotation.domain.datasets import schemas
from annotation.domain.datasets.problems import NameTakenError
from annotation.domain.datasets.schemas import RowSchema
from annotation.models import Dataset, User, Workspace

NAME_CONSTRAINT = "dataset_name_once"


def create(
    *,
    workspace: Workspace,
    name: str,
    by: User,
    now: datetime,
    description: str = "",
    schema: RowSchema | None = None,
) -> Dataset:
    """Make an empty dataset, at version 0. Raises NameTakenError and InvalidSchemaError."""
    asked = schemas.checked(schema or RowSchema())
    dataset = Dataset(
        workspace=workspace,
        name=name.strip(),
        description=description.strip(),
        schema=asked.document(),
        created_by=by,
        created_at=now,
    )
    with _name_once(dataset.name), transaction.atomic():
        dataset.save(force_insert=True)
        audit.record("dataset.created", by=by, workspace=workspace, target=dataset)
    return dataset


def change(*, dataset: Dataset, name: str, description: str, schema: RowSchema, by: User) -> None:
    """Give it another name, description or schema; rows that stand are not held against a new schema again.

    Raises NameTakenError and InvalidSchemaError.
    """
    schemas.checked(schema)
    with _name_once(name.strip()), transaction.atomic():
        locked = Dataset.objects.select_for_update(no_key=True).get(pk=dataset.pk)
        wanted = {"name": name.strip(), "description": description.strip(), "schema": schema.document()}
        changed = {field: value for field, value in wanted.items() if getattr(locked, field) != value}
        if not changed:
            return
        for field, value in changed.items():
            setattr(locked, field, value)
        locked.save(update_fields=list(changed))
        audit.record(
            "dataset.changed", by=by, workspace=locked.workspace, target=locked, detail={"changed": sorted(changed)}
        )
    for field, value in changed.items():
        setattr(dataset, field, value)


def archive(*, dataset: Dataset, by: User, now: datetime) -> None:
    """Put it away: it can still be read and exported, but not changed. Twice is once."""
    _set_archived(dataset, now, "dataset.archived", by)


def unarchive(*, dataset: Dataset, by: User) -> None:
    """Bring it back into use."""
    _set_archived(dataset, None, "dataset.restored", by)


def _set_archived(dataset: Dataset, moment: datetime | None, action: str, by: User) -> None:
    with transaction.atomic():
        locked = Dataset.objects.select_for_update(no_key=True).get(pk=dataset.pk)
        if (locked.archived_at is None) != (moment is None):
            locked.archived_at = moment
            locked.save(update_fields=["archived_at"])
            audit.record(action, by=by, workspace=locked.workspace, target=locked)
    dataset.archived_at = locked.archived_at


class _name_once:  # noqa: N801 -- reads as a sentence where it is used
    """Turns the database's refusal of a second name into words."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, problem: BaseException | None, _trace: object) -> None:
        if isinstance(problem, IntegrityError) and NAME_CONSTRAINT in str(problem):
            raise NameTakenError(self.name) from problem
