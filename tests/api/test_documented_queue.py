"""The example that the documentation and the description of the interface give of a queue with a rubric."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from string import Template
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.test import Client

from annotation.models import Review
from tests.factories import TraceFactory
from tests.fixtures.people import People

DOCS = Path(settings.BASE_DIR, "docs")


def documented() -> list[list[str]]:
    """The words of its calls, one call after the other."""
    text = (DOCS / "reviewing.md").read_text().partition("## Over the REST interface")[2]
    example = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)[0]
    return [["curl", *shlex.split(call)] for call in re.split(r"^curl", example, flags=re.MULTILINE)[1:]]


def called(words: list[str], **known: str) -> Any:
    """What the call is answered, where the shell has these variables."""
    words = [Template(word).substitute(known) for word in words]
    told = {name: words[place + 1] for place, name in enumerate(words) if name in {"-d", "-X"}}
    headers = dict(words[place + 1].split(": ") for place, name in enumerate(words) if name == "-H")
    (address,) = [word for word in words if word.startswith("/api/")]
    method = told.get("-X", "POST" if "-d" in told else "GET")
    answer = Client().generic(method, address, told.get("-d", ""), headers.pop("content-type", ""), headers=headers)
    assert answer.status_code < 300, answer.content
    return json.loads(answer.content)


def test_the_description_has_the_example_of_the_documentation() -> None:
    paths = yaml.load((DOCS / "api" / "openapi.yaml").read_text(), yaml.CSafeLoader)["paths"]
    (example,) = paths["/api/v1/queues"]["post"]["requestBody"]["content"]["application/json"]["examples"].values()
    assert example["value"] == json.loads(documented()[0][-1])


@pytest.mark.django_db
def test_the_example_makes_a_queue_and_reviews_a_trace_in_it(people: People) -> None:
    make, add, claim, review = documented()
    known = {"KEY": people.token(), "ADDRESS": "", "TRACE": str(TraceFactory(project=people.project).uuid)}
    queue = called(make, **known)
    assert [one["key"] for one in queue["rubric"]["questions"]] == ["correct", "tone", "wrong"]
    assert queue["rubric"]["parts"] == {
        "labels": True, "layer": False, "first_failing_step": False, "correction": True, "note": True,
    }  # fmt: skip
    assert called(add, **known, QUEUE=queue["id"])["added_count"] == 1
    item = called(claim, **known, QUEUE=queue["id"])["item"]["id"]
    assert called(review, **known, ITEM=item)["labels"][0]["name"] == "Invented policy"
    assert Review.objects.get().answers == {
        "correct": "bad", "tone": "friendly", "wrong": "Refunds take ten days, not two.",
    }  # fmt: skip
