"""Whatever the description of the REST interface allows, and much that it does not: answered, as described, soon."""

import re
import time
from typing import Any

import pytest
import requests
import schemathesis
from django.conf import settings as django_settings
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from tests.architecture.role_table import TABLE
from tests.architecture.role_world import World, build

IS_LONG = settings.get_current_profile_name() == "long"
SECONDS = 10.0
SCHEMA = schemathesis.openapi.from_path(str(django_settings.BASE_DIR / "docs" / "api" / "openapi.yaml"))
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)]
ROUTES = {"/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", line.path): line for line in TABLE}
ANYWHERE = {400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 429}
"""What any operation may answer to what it cannot use; whatever else must stand in its description."""


@pytest.fixture
def world(db: None) -> World:
    return build()


def addressed(case: Any, world: World, *, is_real: bool) -> Any:
    """The case, with ids of things that are there."""
    line = ROUTES.get(case.operation.path)
    if is_real and line and line.names:
        case.path_parameters = {**case.path_parameters, **{name: world.ours[kind] for name, kind in line.names.items()}}
    return case


def answered(client: Client, case: Any) -> tuple[str, Any]:
    """The request as it went out, and the answer to it; nothing of it stays."""
    wanted = case.as_transport_kwargs(base_url="http://testserver")
    wanted.pop("cookies", None)
    sent = requests.Request(**wanted).prepare()
    headers = {name: str(value) for name, value in sent.headers.items() if name.lower() not in {"x-api-key", "cookie"}}
    content: Any = sent.body or b""
    body: bytes = content.encode() if isinstance(content, str) else content
    with transaction.atomic():
        answer = client.generic(
            str(sent.method), str(sent.path_url), body, content_type=headers.pop("Content-Type", ""), headers=headers
        )
        try:
            b"".join(answer)
        except Exception as problem:  # noqa: BLE001 -- a fault in what is streamed comes after the status
            answer.status_code, answer.reason_phrase = 500, repr(problem)
        transaction.set_rollback(True)
    return f"{sent.method} {sent.path_url} {body[:300]!r}", answer


def cases(operation: Any) -> st.SearchStrategy[Any]:
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    return st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in modes))


@pytest.mark.parametrize("part", [0, 1])  # two halves, for two processes
def test_whatever_is_asked_is_answered_as_described(world: World, part: int) -> None:
    client = world.clients["write key"]
    wrong: dict[str, str] = {}
    succeeded = set[str]()

    for operation in OPERATIONS[part::2]:

        @settings(
            max_examples=300 if IS_LONG else 5,
            derandomize=not IS_LONG,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=cases(operation), is_real=st.booleans())
        def check(case: Any, *, is_real: bool) -> None:
            began = time.monotonic()
            asked, answer = answered(client, addressed(case, world, is_real=is_real))
            took = time.monotonic() - began
            succeeded.update([case.operation.label] if answer.status_code < 300 else [])
            described = {int(code) for code in case.operation.definition.raw["responses"]}
            if answer.status_code not in described | ANYWHERE or took > SECONDS:
                wrong.setdefault(f"{case.operation.label}: {answer.status_code}", f"{asked} after {took:.1f} s")

        check()
    assert not wrong, "\n".join(f"{what}, for {asked}" for what, asked in wrong.items())
    assert len(succeeded) > len(OPERATIONS) // 5  # not all of it was refused at the first look
