"""Every model has a factory, and every factory makes a row that the schema takes."""

from typing import Any

import pytest
from django.apps import apps

from tests import factories
from tests.factories.base import Factory

FACTORIES = {name: getattr(factories, name) for name in factories.__all__}


def test_every_model_has_a_factory() -> None:
    made = {factory._meta.model for factory in FACTORIES.values()}
    tables = {model for model in apps.get_app_config("annotation").get_models() if not model._meta.auto_created}
    assert tables - made == set()


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(FACTORIES))
def test_every_factory_makes_a_row(name: str) -> None:
    factory: type[Factory[Any]] = FACTORIES[name]

    assert factory().pk
    assert factory._meta.model._default_manager.count() == 1
