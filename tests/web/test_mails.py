"""Mails in the profile, and the links that end them."""

from __future__ import annotations

import pytest
from django.test import Client

from annotation.domain.notices import wishes
from annotation.domain.notices.wishes import Wish
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db


def test_a_person_chooses_which_mails_and_when_and_ends_them_all(people: People) -> None:
    client = people.client(people.reviewer)
    assert wishes.of(people.reviewer) == Wish()
    given = {"kinds": ["item.assigned"], "has_digest": "on", "digest_hour": "7", "time_zone": "Asia/Tokyo"}
    assert client.post("/profile/mails/", given).status_code == 302
    assert wishes.of(people.reviewer) == Wish(
        ("item.assigned",), has_digest=True, digest_hour=7, time_zone="Asia/Tokyo"
    )
    html = client.get("/profile/mails/").content.decode()
    assert '<option value="Asia/Tokyo" selected>' in html
    assert client.post("/profile/mails/", {**given, "time_zone": "Mars"}).status_code == 422
    client.post("/profile/mails/", {"none": "1"})
    assert wishes.of(people.reviewer) == Wish(digest_hour=7, time_zone="Asia/Tokyo")


def test_a_link_in_a_mail_asks_before_it_ends_these_and_nothing_else(people: People) -> None:
    every = Wish(("item.assigned", "item.disagreement"), has_digest=True)
    wishes.change(user=people.editor, wish=every)
    path = f"/unsubscribe/{wishes.stop_token(people.editor, ['item.assigned'])}/"
    program = Client(enforce_csrf_checks=True)
    page = program.get(path).content.decode()
    assert "Items are assigned to me" in page
    assert wishes.of(people.editor) == every
    for _ in range(2):  # as mail programs do (RFC 8058)
        assert program.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
        assert wishes.of(people.editor) == Wish(("item.disagreement",), has_digest=True)
    program.post(f"/unsubscribe/{wishes.stop_token(people.editor, [wishes.DIGEST])}/")
    assert wishes.of(people.editor) == Wish(("item.disagreement",))
    program.post(path, {"all": "1"})
    assert wishes.of(people.editor) == Wish()


def test_a_link_that_was_changed_ends_nothing(people: People) -> None:
    wishes.change(user=people.editor, wish=Wish(("item.assigned",)))
    token = wishes.stop_token(people.editor, ["item.assigned"])
    assert Client().post(f"/unsubscribe/{token[:-1]}/").status_code == 404
    assert Client().post("/unsubscribe/nonsense/").status_code == 404
    assert wishes.of(people.editor).kinds == ("item.assigned",)
