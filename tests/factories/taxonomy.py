"""Changes of a taxonomy."""

from factory import SubFactory

from annotation.models import CarriedUse, TaxonomyChange
from tests.factories.accounts import ProjectFactory
from tests.factories.base import Factory


class TaxonomyChangeFactory(Factory[TaxonomyChange]):
    class Meta:
        model = TaxonomyChange

    project = SubFactory(ProjectFactory)
    kind = TaxonomyChange.Kind.GROUPED


class CarriedUseFactory(Factory[CarriedUse]):
    class Meta:
        model = CarriedUse

    change = SubFactory(TaxonomyChangeFactory)
    feedback_id = 1
