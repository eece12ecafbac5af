"""What browsers are told with every answer."""

import pytest
from django.test import Client

from tests.fixtures.people import People

pytestmark = pytest.mark.django_db
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}


@pytest.mark.parametrize(
    ("path", "status"),
    [("/sign-in/", 200), ("/nothing-here", 404), ("/w/acme/", 302), ("/api/v1/me", 401), ("/api/v1/nothing", 404)],
)
def test_every_answer_carries_the_policy(people: People, path: str, status: int) -> None:
    answer = Client().get(path)
    assert answer.status_code == status
    assert set(answer["Content-Security-Policy"].split("; ")) == POLICY
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(people: People) -> None:
    client = Client()
    client.get("/sign-in/")
    client.post("/sign-in/", {"username": "editor@example.com", "password": "correct horse battery"})
    for name in ("traceapp_session", "traceapp_csrf"):
        assert client.cookies[name]["httponly"] is True
        assert client.cookies[name]["samesite"] == "Lax"
