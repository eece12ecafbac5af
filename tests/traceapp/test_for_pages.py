"""What pages need is spared a program, and nobody else."""

import pytest
from django.test import Client

from tests.fixtures.people import People

pytestmark = pytest.mark.django_db


def test_a_program_has_no_session_nor_messages_and_is_known_by_its_key(people: People) -> None:
    answer = people.api().get("/api/v1/me")
    assert answer.json()["workspace"]["slug"] == "acme"
    assert not hasattr(answer.wsgi_request, "session")
    assert not hasattr(answer.wsgi_request, "_messages")
    assert answer.cookies == {}


@pytest.mark.parametrize("path", ["/api/v1/me", "/otlp/v1/traces", "/otel/nothing", "/healthz"])
def test_who_brings_a_cookie_is_looked_for(people: People, path: str) -> None:
    answer = people.client(people.viewer).get(path)
    assert answer.wsgi_request.user == people.viewer
    assert answer.wsgi_request.session.session_key


@pytest.mark.parametrize("path", ["/", "/sign-in/", "/w/acme/", "/apiary", "/public/nothing/r"])
def test_pages_have_all_of_it_also_for_strangers(people: People, path: str) -> None:
    answer = Client().get(path)
    assert hasattr(answer.wsgi_request, "session")
    assert not answer.wsgi_request.user.is_authenticated


def test_a_strange_page_below_an_address_of_programs_is_made_without_a_session(db: None) -> None:
    answer = Client().get("/otlp/nothing")
    assert answer.status_code == 404
    assert "Nothing is here" in answer.content.decode()
