"""What all tests of runs begin with."""

from __future__ import annotations

import pytest
from django.test import Client

from annotation.models import ApiKey
from tests.fixtures.people import People


@pytest.fixture
def client(people: People) -> Client:
    return people.api(ApiKey.Scope.INGEST, ApiKey.Scope.READ)
