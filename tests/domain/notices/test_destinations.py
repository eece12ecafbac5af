"""Webhooks lead to public addresses, however one that is not is written, and whatever a name says later."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address, ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from annotation.domain.notices import destinations, sending
from annotation.domain.notices.destinations import BadDestinationError
from tests.fixtures.receiving import Receiver


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://hooks.example.com/x", "Use https"),
        ("ftp://hooks.example.com/x", "whole address"),
        ("https:///x", "whole address"),
        ("hooks.example.com", "whole address"),
        ("https://me:secret@hooks.example.com/x", "no user and password"),
        ("https://hooks.example.com/\r\nHost: other", "no spaces"),
        ("https://hooks.example.com:99999/", "no address"),
        ("https://[::1/", "no address"),
    ],
)
def test_what_can_be_no_address_is_refused_with_a_reason(url: str, why: str) -> None:
    with pytest.raises(BadDestinationError, match=why):
        destinations.parsed(url)


INSIDE = [
    "127.0.0.1", "127.1", "2130706433", "0x7f.1", "0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "224.0.0.1", "255.255.255.255", "[::1]", "[::]", "[fe80::1]", "[fd00::1]", "[::ffff:127.0.0.1]",
    "[64:ff9b::7f00:1]", "[fec0::1]", "192.0.0.8", "168.63.129.16", "[::ffff:168.63.129.16]", "[2002:7f00:1::]", "[ff02::1]",
]  # fmt: skip


@pytest.mark.parametrize("host", INSIDE)
def test_an_address_inside_is_refused_before_anything_is_sent(host: str) -> None:
    for scheme in ("https", "http"):
        with pytest.raises(
            BadDestinationError, match=r"no public address; the operator can allow it in WEBHOOK_TRUSTED\."
        ):
            destinations.parsed(f"{scheme}://{host}/")


def test_a_name_that_leads_inside_is_not_reached() -> None:
    with pytest.raises(BadDestinationError, match=r"localhost leads to .*, which is no public address"):
        destinations.addresses(destinations.parsed("https://localhost/"))


@given(st.ip_addresses(v=4))
def test_an_address_inside_one_of_ipv6_is_as_public_as_itself(address: IPv4Address) -> None:
    for outer in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert destinations.is_public(ip_address(outer)) == destinations.is_public(address)


def test_what_the_operator_names_is_reached(settings: Settings) -> None:
    settings.WEBHOOK_TRUSTED = ["Hooks.internal", "10.0.0.0/8", "nonsense/8"]
    assert not destinations.parsed("http://hooks.internal/x").is_tls
    assert destinations.addresses(destinations.parsed("http://10.9.8.7:81/x")) == [IPv4Address("10.9.8.7")]
    assert destinations.parsed("http://10.9.2055/x").host == "10.9.2055"  # 10.9.8.7, the way of old
    with pytest.raises(BadDestinationError, match="Use https"):
        destinations.parsed("http://8.8.8.8/x")
    with pytest.raises(BadDestinationError):
        destinations.addresses(destinations.parsed("https://127.0.0.1/"))
    with pytest.raises(BadDestinationError):
        destinations.parsed("http://other.internal/x")


def test_a_name_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_given, **_named: rows)
    answer = sending.post("https://two-faced.example.com/", b"{}", {})
    assert (answer.status, "10.0.0.1, which is no public address" in answer.text) == (None, True)


def test_a_name_that_changes_its_mind_leads_nowhere(
    receiver: Receiver, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address that was checked is connected to: the name is asked once."""
    settings.WEBHOOK_TRUSTED = ["rebinding.example.com"]
    port = int(receiver.url.rpartition(":")[2].partition("/")[0])
    asked = []

    def resolve(host: str, *_given: Any, **_named: Any) -> list[Any]:
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "127.0.0.99"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *rest, **named: (resolve if "rebinding" in str(host) else real)(host, *rest, **named),
    )
    answer = sending.post(f"http://rebinding.example.com:{port}/hook", b"{}", {})
    assert (answer.status, asked) == (200, ["rebinding.example.com"])
    assert receiver.got[0][0]["host"] == f"rebinding.example.com:{port}"


def test_names_that_take_long_hold_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    is_over = threading.Event()
    monkeypatch.setattr(destinations, "NAME_SECONDS", 0.1)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_given, **_named: is_over.wait(20) and [])
    answer = sending.post("https://slow.example.com/", b"{}", {})
    is_over.set()
    assert (answer.status, answer.text) == (None, "The name slow.example.com was not resolved within 0 seconds.")
    assert answer.milliseconds < 5_000


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.statuses, receiver.headers = [302], {"Location": receiver.url}
    answer = sending.post(receiver.url, b"{}", {})
    assert (answer.status, answer.is_taken, len(receiver.got)) == (302, False, 1)


def test_of_a_long_answer_little_is_read(receiver: Receiver) -> None:
    receiver.text = b"a\0\xff" * 100_000
    answer = sending.post(receiver.url, b"{}", {})
    assert answer.is_taken
    assert 1000 < len(answer.text) <= sending.MOST_READ
    assert "\0" not in answer.text


@contextmanager
def _trickling() -> Iterator[int]:
    """A receiver that sends a header for ever, a letter at a time, so that no single wait is long."""
    listening = socket.create_server(("127.0.0.1", 0))
    is_over = threading.Event()

    def serve() -> None:
        met, _ = listening.accept()
        with met:
            met.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            while not is_over.wait(0.02):
                try:
                    met.sendall(b"x")
                except OSError:
                    return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield int(listening.getsockname()[1])
    is_over.set()
    thread.join()
    listening.close()


def test_a_receiver_that_trickles_is_cut_off(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.WEBHOOK_TRUSTED = ["127.0.0.1"]
    monkeypatch.setattr(sending, "WHOLE_SECONDS", 0.2)
    with _trickling() as port:
        answer = sending.post(f"http://127.0.0.1:{port}/", b"{}", {})
    assert (answer.status, answer.text) == (None, "No answer within 0 seconds.")
    assert answer.milliseconds < 2000


def test_who_is_not_there_is_an_answer_too(settings: Settings) -> None:
    settings.WEBHOOK_TRUSTED = ["127.0.0.1"]
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    answer = sending.post(f"http://127.0.0.1:{port}/", b"{}", {})
    assert (answer.status, "refused" in answer.text) == (None, True)
