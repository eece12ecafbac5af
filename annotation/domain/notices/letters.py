"""How a mail is made: text and simple HTML of the same words, with the ways to have no more of them (RFC 8058)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from annotation.domain import addresses
from annotation.domain.notices import wishes
from annotation.models import Queue, User


@dataclass(frozen=True, slots=True)
class Entry:
    """What a mail says `about` a queue or another thing, and where it leads; `more` stands behind it, stressed if pressing."""

    about: str
    words: str
    address: str
    more: str = ""
    is_pressing: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Lines below a heading."""

    heading: str
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Letter:
    """What is told to whom; by its link the person unsubscribes from `kinds`, or mutes single `queues`."""

    user: User
    title: str
    sections: Sequence[Section]
    kinds: Collection[str]
    queues: Collection[Queue] = ()

    @property
    def reason(self) -> str:
        """Why the person gets it."""
        if set(self.kinds) == {wishes.WARNING}:
            return "You get this mail as an admin of the workspace."
        return "You get this mail because you asked for it."


def send(letter: Letter, *, message_id: str) -> None:
    """Hand it to the mail server; the same `message_id` tells a mail program that it has it. Raises OSError, SMTPException."""
    stop = addresses.absolute(f"/unsubscribe/{wishes.stop_token(letter.user, letter.kinds, letter.queues)}/")
    context = {"letter": letter, "stop": stop, "profile": addresses.absolute("/profile/mails/")}
    mail = EmailMultiAlternatives(
        subject=" ".join(letter.title.split())[:150],
        body=render_to_string("mail/letter.txt", context),
        to=[letter.user.email],
        headers={
            "Message-ID": f"<{message_id}@{_domain()}>",
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(render_to_string("mail/letter.html", context), "text/html")
    mail.send()


def _domain() -> str:
    """Of the sender's address."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
