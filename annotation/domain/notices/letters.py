"""How a mail is made: text and simple HTML of the same words, with the ways to have no more of them (RFC 8058)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from annotation.domain.notices import messages, wishes
from annotation.models import User


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a mail, and where it leads."""

    words: str
    address: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is told to whom; `kinds` are what the person unsubscribes from by its link."""

    user: User
    title: str
    opening: str
    entries: Sequence[Entry]
    kinds: Sequence[str]


def send(letter: Letter) -> None:
    """Hand it to the mail server. Raises OSError, SMTPException."""
    stop = messages.absolute(f"/unsubscribe/{wishes.stop_token(letter.user, letter.kinds)}/")
    context = {"letter": letter, "stop": stop, "profile": messages.absolute("/profile/mails/")}
    mail = EmailMultiAlternatives(
        subject=" ".join(letter.title.split())[:150],
        body=render_to_string("mail/letter.txt", context),
        to=[letter.user.email],
        headers={
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(render_to_string("mail/letter.html", context), "text/html")
    mail.send()
