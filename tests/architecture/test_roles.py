"""Every address answers every kind of person and program as the role table says, and none is missing from it."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import cast

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.architecture.role_table import TABLE, Route
from tests.architecture.role_world import World, build

KNOWN_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PROGRAMS = ("api/v1/", "api/v2/", "v1/", "otlp/v1/", "otel/v1/", "api/otel/", "api/public/")
"""Below these, bodies are JSON."""
ONE_CLICK = ("unsubscribe/",)
"""Programs post to these too (RFC 8058), though people see pages."""
PARTS = 6
"""So many tests share the table: no process of a run is left with half a minute of it while the others are done."""
ID = re.compile(r"<(?:\w+:)?(\w+)>")


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Of thousands of requests, a line each in two logs is a sixth of the time."""
    logging.disable(logging.INFO)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def world(db: None) -> World:
    return build()


def _patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, route)
        elif "^" not in route:  # the last line of the interface: what is not there
            yield route, entry


def _address(route: Route, things: dict[str, str], workspace: str) -> str:
    def value(found: re.Match[str]) -> str:
        name = found[1]
        return workspace if name == "workspace" else things[route.names[name]]

    return "/" + ID.sub(value, route.path)


@contextmanager
def _undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _answer(client: Client, method: str, address: str, route: Route) -> HttpResponse:
    cookies = SimpleCookie(client.cookies.output(header="", sep=";"))
    with _undone():
        if route.path.startswith(PROGRAMS):
            body = "" if method == "GET" else json.dumps(route.data)
            answer = client.generic(method, address, body, content_type="application/json")
        else:
            answer = (client.post if method == "POST" else client.get)(address, route.data)
    client.cookies = cookies
    return cast("HttpResponse", answer)


def _served(pattern: URLPattern, address: str, admin: Client) -> set[str]:
    """The methods of a class by its handlers, of a function by what it says to a method that nobody has."""
    view = getattr(pattern.callback, "cls", None)
    if view is not None:
        return {method for method in KNOWN_METHODS if hasattr(view, method.lower())}
    answer = admin.generic("UNHEARD", address)
    if answer.status_code != 405:
        return {"any method: the view lacks @require_GET, @require_POST or @require_http_methods"}
    return {method.strip() for method in answer.get("Allow", "").split(",")} & set(KNOWN_METHODS)


def test_no_address_is_missing_from_the_table() -> None:
    routes = [route for route, _ in _patterns(get_resolver())]
    listed = [line.path for line in TABLE]
    missing = sorted(set(routes) - set(listed))
    assert not missing, "add a line each in tests/architecture/role_table:\n" + "\n".join(missing)
    assert sorted(set(listed) - set(routes)) == [], "these lines have no address any more"
    assert sorted(listed) == sorted(set(listed))


@pytest.mark.parametrize("part", range(PARTS))
def test_every_address_answers_as_the_table_says(world: World, part: int) -> None:
    wrong = []
    for line in TABLE[part::PARTS]:
        address = _address(line, world.ours, "acme")
        for method, answers in line.methods.items():
            for persona, expected in answers.items():
                got = _answer(world.clients[persona], method, address, line)
                if got.status_code != expected:
                    wrong.append(f"{method} {line.path}: {persona} got {got.status_code} instead of {expected}")
                # A policy and no guessing of types, whatever the answer.
                if "content-security-policy" not in got or got.get("x-content-type-options") != "nosniff":
                    wrong.append(f"{method} {line.path}: {persona} got no security headers")
    assert not wrong, "\n" + "\n".join(wrong)


def test_every_method_that_is_served_stands_in_the_table(world: World) -> None:
    lines = {line.path: line for line in TABLE}
    wrong = []
    for route, pattern in _patterns(get_resolver()):
        if line := lines.get(route):
            with _undone():
                served = _served(pattern, _address(line, world.ours, "acme"), world.clients["admin"])
            if served != set(line.methods):
                wrong.append(f"{route} serves {sorted(served)}, the table has {sorted(line.methods)}")
    assert not wrong, "\n" + "\n".join(wrong)


def test_ids_of_another_workspace_are_never_found(world: World) -> None:
    wrong = []
    for line in TABLE:
        if not line.names or line.is_open:
            continue
        address = _address(line, world.theirs, "acme")
        for method, answers in line.methods.items():
            persona = "write key" if "write key" in answers else "admin"
            got = _answer(world.clients[persona], method, address, line).status_code
            if got != 404:
                wrong.append(f"{method} {line.path}: {persona} got {got} for a thing of another workspace")
    assert not wrong, "\n" + "\n".join(wrong)


def test_nothing_is_changed_without_the_csrf_token(world: World) -> None:
    wrong = []
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = world.clients["admin"].cookies
    for line in TABLE:
        address = _address(line, world.ours, "acme")
        for method in set(line.methods) - {"GET"}:
            if (
                line.is_open
                and line.path.startswith((*PROGRAMS, *ONE_CLICK))
                and line.methods[method]["anonymous"] < 400
            ):
                continue  # the secret in the address counts there, no cookie does
            got = _answer(strict, method, address, line).status_code
            if got not in {401, 403}:
                wrong.append(f"{method} {line.path}: {got} without a token")
    assert not wrong, "\n" + "\n".join(wrong)
