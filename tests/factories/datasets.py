"""Datasets, their versions and rows."""

import uuid

from factory import LazyFunction, Sequence, SubFactory

from annotation.models import Dataset, DatasetVersion, Example
from tests.factories.accounts import WorkspaceFactory
from tests.factories.base import Factory


class DatasetFactory(Factory[Dataset]):
    class Meta:
        model = Dataset

    workspace = SubFactory(WorkspaceFactory)
    name = Sequence(lambda number: f"Dataset {number}")


class DatasetVersionFactory(Factory[DatasetVersion]):
    class Meta:
        model = DatasetVersion

    dataset = SubFactory(DatasetFactory)
    number = Sequence(lambda number: number + 1)


class ExampleFactory(Factory[Example]):
    class Meta:
        model = Example

    dataset = SubFactory(DatasetFactory)
    uuid = LazyFunction(uuid.uuid4)
    number = Sequence(lambda number: number + 1)
    valid_from = 1
    inputs = {"question": "When does it open?"}
    outputs = {"answer": "At nine."}
