"""Pages of datasets: read by members, changed by editors, the same file for the same version."""

import json
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from annotation.domain.datasets import catalogue, queries, rows
from annotation.domain.datasets.content import RowContent
from annotation.models import Dataset, DatasetVersion, Example
from tests.fixtures.people import People

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture
def dataset(people: People) -> Dataset:
    return catalogue.create(workspace=people.workspace, name="Refunds", by=people.editor, now=NOW)


def filled(dataset: Dataset, people: People, count: int) -> list[Example]:
    contents = [RowContent({"question": f"How many? {number}"}, {"answer": number}) for number in range(count)]
    return list(rows.add(dataset=dataset, rows=contents, by=people.editor, now=NOW, message="First rows"))


def address(name: str, dataset: Dataset, *more: object) -> str:
    return reverse(name, args=["acme", dataset.uuid, *more])


@pytest.fixture
def editor(people: People) -> Client:
    return people.client(people.editor)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_a_dataset_takes_as_many_queries_for_any_number_of_rows(
    people: People, dataset: Dataset, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    filled(dataset, people, count)
    client = people.client(people.viewer)

    with django_assert_num_queries(7):
        page = client.get(address("dataset", dataset)).content.decode()

    assert page.count("How many?") == count
    assert "Add row" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_any_number_of_datasets(
    people: People, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        catalogue.create(workspace=people.workspace, name=f"Set {number}", by=people.editor, now=NOW)
    client = people.client(people.viewer)

    with django_assert_num_queries(4):
        page = client.get(reverse("dataset-list", args=["acme"])).content.decode()

    assert page.count("Set ") == count


def test_a_dataset_is_made_and_its_name_is_taken_once(editor: Client, dataset: Dataset) -> None:
    new = reverse("dataset-new", args=["acme"])
    typed = {"name": "Answers", "outputs_schema": '{"type": "string"}'}

    assert editor.post(new, typed).status_code == 302
    made = Dataset.objects.get(name="Answers")
    assert made.schema == {"outputs": {"type": "string"}}

    refused = editor.post(new, {"name": "refunds", "inputs_schema": '{"type": 7}'})
    assert refused.status_code == 422
    assert "The schema of inputs is not a JSON Schema" in refused.content.decode()
    refused = editor.post(new, {"name": "refunds"})
    assert "There is a dataset named “refunds” already" in refused.content.decode()


def test_a_row_is_added_edited_removed_and_restored(editor: Client, dataset: Dataset) -> None:
    editor.post(address("dataset-row-new", dataset), {"inputs": '{"q": 1}', "outputs": '"a"', "message": "By hand"})
    row = Example.objects.get(dataset=dataset)
    typed = {"inputs": '{"q": 1}', "outputs": '"b"', "metadata": '{"tone": "warm"}', "split": "test", "seen_version": 1}
    editor.post(address("dataset-row-edit", dataset, row.uuid), typed)
    editor.post(address("dataset-row-remove", dataset, row.uuid), {"message": "Twice there"})
    editor.post(address("dataset-row-restore", dataset, row.uuid))

    states = queries.life_of_row(dataset, row.uuid)
    assert [(one.outputs, one.split, one.valid_from, one.valid_to) for one in states] == [
        ("a", "", 1, 2),
        ("b", "test", 2, 3),
        ("b", "test", 4, None),
    ]
    messages = DatasetVersion.objects.filter(dataset=dataset).order_by("number").values_list("message", flat=True)
    assert list(messages) == ["By hand", "", "Twice there", ""]
    page = editor.get(address("dataset-row", dataset, row.uuid)).content.decode()
    assert [word in page for word in ("restored", "What changed", "hand")] == [True] * 3


def test_what_is_not_json_is_shown_again_with_its_place(editor: Client, dataset: Dataset) -> None:
    answer = editor.post(address("dataset-row-new", dataset), {"inputs": '{"q": NaN}', "outputs": "[1,\n2"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "NaN is not a JSON value" in page
    assert "Line 2, column 2" in page
    assert not Example.objects.exists()


def test_an_edit_of_what_somebody_else_changed_keeps_what_was_typed(
    editor: Client, dataset: Dataset, people: People
) -> None:
    (row,) = filled(dataset, people, 1)
    rows.edit(dataset=dataset, uuid=row.uuid, content=RowContent(1), by=people.admin, now=NOW)

    typed = {"inputs": '"mine"', "seen_version": 1}
    answer = editor.post(address("dataset-row-edit", dataset, row.uuid), typed)

    assert answer.status_code == 422
    assert "changed in version 2" in answer.content.decode()
    assert "&quot;mine&quot;" in answer.content.decode()


def test_marked_rows_are_changed_as_one_version(editor: Client, dataset: Dataset, people: People) -> None:
    made = filled(dataset, people, 3)
    marked = {"row": [str(made[0].uuid), str(made[2].uuid), "nonsense"]}

    editor.post(address("dataset-rows", dataset), {**marked, "action": "split", "split": "train"})
    editor.post(address("dataset-rows", dataset), {**marked, "action": "remove", "message": "Too easy"})

    dataset.refresh_from_db()
    assert (dataset.version, dataset.example_count) == (3, 1)


def test_versions_are_compared_row_by_row(editor: Client, dataset: Dataset, people: People) -> None:
    made = filled(dataset, people, 2)
    rows.edit(dataset=dataset, uuid=made[0].uuid, content=RowContent({"question": "<b>"}), by=people.editor, now=NOW)
    rows.remove(dataset=dataset, uuids=[made[1].uuid], by=people.editor, now=NOW)

    page = " ".join(editor.get(address("dataset-diff", dataset) + "?from=1&to=3").content.decode().split())

    assert "0 added" in page
    assert "1 changed" in page
    assert "1 removed" in page
    assert "&lt;b&gt;" in page
    assert editor.get(address("dataset-diff", dataset) + "?to=9").status_code == 404
    assert "First rows" in editor.get(address("dataset-history", dataset)).content.decode()


def test_a_version_is_downloaded(people: People, dataset: Dataset) -> None:
    filled(dataset, people, 2)
    client = people.client(people.viewer)

    answer = client.get(address("dataset-export", dataset) + "?version=1&format=jsonl")

    lines = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]  # type: ignore[attr-defined]
    assert [(line["number"], line["outputs"]) for line in lines] == [(1, {"answer": 0}), (2, {"answer": 1})]
    assert answer["Content-Disposition"] == 'attachment; filename="refunds-v1.jsonl"'
    assert client.get(address("dataset-export", dataset) + "?format=exe").status_code == 404


def test_an_archived_dataset_is_left_alone(editor: Client, dataset: Dataset, people: People) -> None:
    (row,) = filled(dataset, people, 1)
    editor.post(address("dataset-archive", dataset))

    answer = editor.post(address("dataset-row-remove", dataset, row.uuid), follow=True)

    assert "is archived: restore it before changing its rows" in answer.content.decode()
    assert "Refunds" not in editor.get(reverse("dataset-list", args=["acme"])).content.decode().split("<main")[1]
    editor.post(address("dataset-archive", dataset), {"restore": "1"})
    dataset.refresh_from_db()
    assert (dataset.archived_at, dataset.example_count) == (None, 1)


def test_others_see_nothing_and_viewers_change_nothing(people: People, dataset: Dataset) -> None:
    (row,) = filled(dataset, people, 1)

    assert people.client(people.outsider).get(address("dataset", dataset)).status_code == 404
    assert people.client(people.reviewer).get(address("dataset", dataset)).status_code == 403
    remove = address("dataset-row-remove", dataset, row.uuid)
    assert people.client(people.viewer).post(remove).status_code == 403
    elsewhere = reverse("dataset", args=["other", dataset.uuid])
    assert people.client(people.outsider).get(elsewhere).status_code == 404
