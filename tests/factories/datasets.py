"""Datasets, their versions and rows."""

import uuid

from factory import LazyFunction, Sequence, SubFactory
from factory.django import DjangoModelFactory

from annotation.models import Dataset, DatasetVersion, Example
from tests.factories.accounts import WorkspaceFactory


class DatasetFactory(DjangoModelFactory[Dataset]):
    class Meta:
        model = Dataset

    workspace = SubFactory(WorkspaceFactory)
    name = Sequence(lambda number: f"Dataset {number}")


class DatasetVersionFactory(DjangoModelFactory[DatasetVersion]):
    class Meta:
        model = DatasetVersion

    dataset = SubFactory(DatasetFactory)
    number = Sequence(lambda number: number + 1)


class ExampleFactory(DjangoModelFactory[Example]):
    class Meta:
        model = Example

    dataset = SubFactory(DatasetFactory)
    uuid = LazyFunction(uuid.uuid4)
    number = Sequence(lambda number: number + 1)
    valid_from = 1
    inputs = {"question": "When does it open?"}
    outputs = {"answer": "At nine."}
