"""Where webhooks may go: public addresses, and what the operator names in `WEBHOOK_TRUSTED`.

What is checked is the address that is connected to, so that a name that changes its mind in between leads nowhere.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

Address = IPv4Address | IPv6Address

NAME_SECONDS = 5.0
"""Within which the servers of names have to answer: left to themselves they may take minutes."""

_NAT64 = IPv6Network("64:ff9b::/96")
"""Addresses that a gateway turns into those of IPv4 (RFC 6052)."""

_INSIDE_TOO = tuple(map(ip_network, ("fec0::/10", "192.0.0.0/24", "168.63.129.16/32")))
"""What Python takes for global: site-local addresses (RFC 3879), those of protocols (RFC 6890), and where a large cloud's machines
ask their host about themselves."""


class BadDestinationError(ValueError):
    """Nothing is sent to this address; the message says why."""


class SlowNameError(TimeoutError):
    """Nobody said in time where the host is."""

    def __init__(self, host: str) -> None:
        super().__init__(f"The name {host} was not resolved within {NAME_SECONDS:.0f} seconds.")


@dataclass(frozen=True, slots=True)
class Destination:
    """The parts of an address; `path` is with the query."""

    is_tls: bool
    host: str
    port: int
    path: str
    authority: str


def parsed(url: str) -> Destination:
    """The parts of a webhook's address. Raises BadDestinationError for what can be no address, or not without TLS, and for
    numbers inside; where a name leads is seen when it is connected to.
    """
    if any(ord(character) <= 32 or ord(character) >= 127 for character in url):
        raise BadDestinationError("An address has no spaces, and other letters than those of ASCII encoded.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as problem:
        raise BadDestinationError("This is no address: write it as https://hooks.example.com/traceapp.") from problem
    if parts.scheme not in {"https", "http"} or not host:
        raise BadDestinationError("Write the whole address, such as https://hooks.example.com/traceapp.")
    if parts.username is not None or parts.password is not None:
        raise BadDestinationError("An address holds no user and password: receivers know us by the signature.")
    literal, is_trusted = _literal(host), _is_trusted_name(host)
    if literal is not None and not is_trusted:
        _require_allowed(host, literal)
        is_trusted = _is_in_trusted_network(literal)
    if parts.scheme == "http" and not is_trusted:
        raise BadDestinationError("Use https; plain http is for hosts that the operator names in WEBHOOK_TRUSTED.")
    is_tls = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Destination(is_tls, host, port or (443 if is_tls else 80), path, parts.netloc)


def addresses(destination: Destination) -> list[Address]:
    """Where to connect to. Raises BadDestinationError unless every address of the name may be, OSError where it has none,
    SlowNameError where nobody says in time.
    """
    found = _resolved(destination.host, destination.port)
    if not _is_trusted_name(destination.host):
        for one in found:
            _require_allowed(destination.host, one)
    return found


def _require_allowed(host: str, address: Address) -> None:
    if not is_public(address) and not _is_in_trusted_network(address):
        told = host if host == str(address) else f"{host} leads to {address}, which"
        raise BadDestinationError(f"{told} is no public address; the operator can allow it in WEBHOOK_TRUSTED.")


def is_public(address: Address) -> bool:
    """Whether anybody on the internet means the same machine by it; also by the IPv4 address inside one of IPv6."""
    inner = _inside(address) if isinstance(address, IPv6Address) else None
    if inner is not None:
        return is_public(inner)
    is_inside = any(address in network for network in _INSIDE_TOO)
    return address.is_global and not (address.is_multicast or address.is_reserved or is_inside)


def _inside(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that one of IPv6 leads to, if it does."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def _resolved(host: str, port: int) -> list[Address]:
    """In a thread of its own, as this cannot be told how long to take; one that is left alone ends by itself."""
    answer: Future[list[Any]] = Future()
    Thread(target=_ask, args=(host, port, answer), daemon=True).start()
    try:
        rows = answer.result(NAME_SECONDS)
    except FutureTimeoutError as problem:
        raise SlowNameError(host) from problem
    return list(dict.fromkeys(ip_address(str(row[4][0]).partition("%")[0]) for row in rows))


def _ask(host: str, port: int, answer: Future[list[Any]]) -> None:
    try:
        answer.set_result(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except Exception as problem:  # noqa: BLE001 -- told to who asked
        answer.set_exception(problem)


def _is_trusted_name(host: str) -> bool:
    return host.lower().rstrip(".") in {name.lower() for name in _trusted()}


def _literal(host: str) -> Address | None:
    """The address that the host is written as, also the way of old (`127.1`, `2130706433`); None for a name."""
    with suppress(ValueError):
        return ip_address(host)
    with suppress(OSError):
        return IPv4Address(socket.inet_aton(host))
    return None


def _is_in_trusted_network(address: Address) -> bool:
    for entry in _trusted():
        try:
            if address in ip_network(entry, strict=False):
                return True
        except ValueError:
            continue
    return False


def _trusted() -> Iterable[str]:
    trusted: list[str] = settings.WEBHOOK_TRUSTED
    return trusted
