"""The base of all views of the REST interface; the only place where it turns ids from outside into objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from annotation.api.auth import KeyAuthentication, MemberAuthentication
from annotation.api.negotiation import JsonFirst
from annotation.api.parsers import JsonParser
from annotation.api.permissions import Allowed, Needs
from annotation.api.throttling import PerCaller
from annotation.domain import access
from annotation.domain.access import Actor
from annotation.models import User

Row = TypeVar("Row", bound=Model)


class Resource(APIView):
    """A view of `/api/v1/`: says in `needs` what each method takes, and reaches rows by `found`.

    `needs` maps a method to a capability, or to a tuple of which any one suffices.
    """

    needs: ClassVar[Needs] = {}
    authentication_classes: Sequence[type[BaseAuthentication]] = (KeyAuthentication, MemberAuthentication)
    permission_classes: Sequence[type[BasePermission]] = (Allowed,)
    throttle_classes: Sequence[type[BaseThrottle]] = (PerCaller,)
    parser_classes: Sequence[type[BaseParser]] = (JsonParser,)
    content_negotiation_class: type[BaseContentNegotiation] = JsonFirst

    @property
    def actor(self) -> Actor:
        """The caller."""
        actor = self.request.auth
        assert isinstance(actor, Actor)  # noqa: S101 -- Allowed has seen to it
        return actor

    @property
    def person(self) -> User:
        """Who answers for a change: the member, or the maker of the key; 403 when that person has left."""
        if self.actor.person is None:
            raise PermissionDenied("The person that made this key is no longer a member: make a new key.")
        return self.actor.person

    def visible(self, model: type[Row]) -> QuerySet[Row]:
        """The rows of `model` that the caller may see."""
        return access.visible(self.actor, model)

    def found(self, model: type[Row], uuid: UUID, *related: str) -> Row:
        """The row with this outside id, loaded with what is `related` to it, or 404."""
        row = access.first(self.actor, model, uuid, *related)
        if row is None:
            raise NotFound(f"There is no {model._meta.verbose_name} with this id.")  # noqa: SLF001 -- Django's public name
        return row
