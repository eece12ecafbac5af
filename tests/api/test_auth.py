"""Who calls the REST interface, and how it refuses."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from annotation.domain.projects import keys
from annotation.models import ApiKey, AuditEvent, Membership
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db
ME = "/api/v1/me"


def test_a_key_in_either_header_is_its_workspace_and_maker(people: People) -> None:
    token = people.token(ApiKey.Scope.READ)
    for headers in ({"x-api-key": token}, {"authorization": f"Bearer {token}"}):
        answer = Client(headers=headers).get(ME).json()
        assert answer["workspace"] == {"slug": "acme", "name": "Acme"}
        assert answer["key"] == token[:10]
        assert answer["capabilities"] == ["read"]


def test_a_write_key_acts_as_its_maker_and_may_no_more_than_the_maker(people: People) -> None:
    client = people.api(ApiKey.Scope.WRITE)
    assert client.get(ME).json()["person"]["email"] == "admin@example.com"
    assert client.get(ME).json()["capabilities"] == ["administer", "edit", "give_feedback", "read", "review"]
    Membership.objects.filter(user=people.admin).update(role=Membership.Role.VIEWER)
    assert client.get(ME).json()["capabilities"] == ["read"]
    Membership.objects.filter(user=people.admin).delete()
    assert client.get(ME).json()["person"] is None
    assert client.get(ME).json()["capabilities"] == ["read"]


@pytest.mark.parametrize("change", ["revoked_at", "expires_at"])
def test_a_closed_key_opens_nothing_and_says_why(people: People, change: str) -> None:
    client = people.api(ApiKey.Scope.READ)
    ApiKey.objects.update(**{change: timezone.now() - timedelta(seconds=1)})
    answer = client.get(ME)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "invalid_key"
    assert {"revoked_at": "revoked", "expires_at": "expired"}[change] in answer.json()["error"]["message"]


def test_without_a_key_the_answer_says_how_to_send_one(db: None) -> None:
    answer = Client().get(ME)
    assert answer.status_code == 401
    assert answer["www-authenticate"] == 'Bearer realm="traceapp"'
    assert answer.json() == {
        "error": {
            "code": "not_authenticated",
            "message": "Authentication credentials were not provided.",
            "hint": "Send an API key as `x-api-key` or `Authorization: Bearer`.",
        }
    }


def test_a_member_uses_the_session_and_names_a_workspace_when_in_several(people: People) -> None:
    client = people.client(people.editor)
    assert client.get(ME).json()["person"]["email"] == "editor@example.com"
    Membership.objects.create(workspace=people.elsewhere, user=people.editor, role=Membership.Role.VIEWER)
    refused = client.get(ME)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "workspace_needed")
    assert refused.json()["error"]["hint"] == "Name one in the header `x-traceapp-workspace`: acme, other."
    named = client.get(ME, headers={"x-traceapp-workspace": "other"})
    assert named.json()["capabilities"] == ["read"]


def test_a_workspace_of_others_is_not_found(people: People) -> None:
    answer = people.client(people.outsider).get(ME, headers={"x-traceapp-workspace": "acme"})
    assert answer.status_code == 404


def test_the_last_use_is_noted_at_most_once_a_minute(people: People) -> None:
    token, now = people.token(), timezone.now()
    keys.authenticate_key(token, now=now)
    keys.authenticate_key(token, now=now + timedelta(seconds=59))
    assert ApiKey.objects.get().last_used_at == now
    keys.authenticate_key(token, now=now + timedelta(seconds=61))
    assert ApiKey.objects.get().last_used_at == now + timedelta(seconds=61)


def test_making_a_key_keeps_its_hash_only_and_is_audited(people: People) -> None:
    token = people.token(ApiKey.Scope.INGEST)
    key = ApiKey.objects.get()
    assert token.startswith("ta_")
    assert len(token) == 43
    assert token not in str(vars(key))
    detail = AuditEvent.objects.get(action="api_key.created").detail
    assert detail == {"scopes": ["ingest"], "project": None, "is_confined": False}


def test_an_unknown_address_answers_in_the_shape_of_errors(db: None) -> None:
    answer = Client().get("/api/v1/nothing")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
