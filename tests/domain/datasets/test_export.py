"""A version leaves as the same bytes, for ever."""

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from annotation.domain.datasets import export, queries, rows
from annotation.domain.datasets.content import RowContent
from annotation.domain.datasets.problems import NoSuchVersionError
from annotation.domain.datasets.writers import Format
from annotation.models import Dataset, User
from tests.factories import DatasetFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture
def editor() -> User:
    return UserFactory(name="Editor 1")


@pytest.fixture
def dataset(editor: User) -> Dataset:
    """Version 1: rows 1, 2, 3. Version 2: row 1 changed. Version 3: row 2 gone."""
    dataset = DatasetFactory(name="Räumliche Fälle", workspace__slug="acme")
    made = rows.add(dataset=dataset, rows=[RowContent(n, f"v{n}") for n in (1, 2, 3)], by=editor, now=NOW)
    rows.edit(dataset=dataset, uuid=made[0].uuid, content=RowContent(1, "better", split="test"), by=editor, now=NOW)
    rows.remove(dataset=dataset, uuids=[made[1].uuid], by=editor, now=NOW)
    return dataset


def taken(dataset: Dataset, number: int, split: str | None = None) -> bytes:
    return b"".join(export.stream(dataset=dataset, number=number, form=Format.JSONL, split=split))


def outputs(dataset: Dataset, number: int, split: str | None = None) -> list[object]:
    return [json.loads(line)["outputs"] for line in taken(dataset, number, split).splitlines()]


def test_every_version_can_be_read(dataset: Dataset) -> None:
    assert [outputs(dataset, number) for number in range(4)] == [
        [],
        ["v1", "v2", "v3"],
        ["better", "v2", "v3"],
        ["better", "v3"],
    ]
    assert outputs(dataset, 3, split="test") == ["better"]


def test_the_same_version_gives_the_same_bytes_whatever_happens_later(dataset: Dataset, editor: User) -> None:
    before = taken(dataset, 2)

    rows.add(dataset=dataset, rows=[RowContent(4)], by=editor, now=NOW)
    editor.delete()

    assert taken(dataset, 2) == before


def test_large_versions_come_in_batches(dataset: Dataset, editor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "ROWS_AT_ONCE", 2)

    assert outputs(dataset, 1) == ["v1", "v2", "v3"]


def test_an_unknown_version_is_refused_before_the_first_byte(dataset: Dataset) -> None:
    with pytest.raises(NoSuchVersionError):
        export.stream(dataset=dataset, number=4, form=Format.JSONL)


def test_the_difference_of_two_versions(dataset: Dataset) -> None:
    between = queries.difference(dataset, 1, 3)
    assert [(row.number, row.kind, row.parts) for row in between.rows] == [
        (1, "changed", ("outputs", "split")),
        (2, "removed", ()),
    ]

    assert [row.kind for row in queries.difference(dataset, 3, 1).rows] == ["changed", "added"]
    assert [row.kind for row in queries.difference(dataset, 0, 3).rows] == ["added", "added"]
    assert queries.difference(dataset, 2, 2).rows == ()
    assert queries.difference(dataset, 0, 1, limit=2).is_cut


def test_the_command_writes_a_version(dataset: Dataset, tmp_path: Path) -> None:
    target = tmp_path / "rows.jsonl"

    call_command(
        "export_dataset", "räumliche fälle", "--workspace=acme", "--version=2", f"--output={target}", stderr=StringIO()
    )

    assert target.read_bytes() == taken(dataset, 2)
    assert [file.name for file in tmp_path.iterdir()] == ["rows.jsonl"]


def test_the_command_says_what_there_is(dataset: Dataset) -> None:
    with pytest.raises(CommandError, match="no dataset “Refunds”; it has: Räumliche Fälle"):
        call_command("export_dataset", "Refunds")
    with pytest.raises(CommandError, match="There is no version 9; the newest is 3"):
        call_command("export_dataset", str(dataset.uuid), "--version=9")


def test_downloads_have_plain_names(dataset: Dataset) -> None:
    assert export.file_name(dataset, 3, Format.CSV) == "r-umliche-f-lle-v3.csv"
    assert export.file_name(Dataset(name="日本"), 1, Format.JSONL) == "dataset-v1.jsonl"
