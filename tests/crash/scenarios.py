"""What befalls the installation, scenario by scenario."""

import os
import signal
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from random import Random

import psutil

from tests.crash.installation import Installation


@dataclass(frozen=True, slots=True)
class Blow:
    """The installation, how long it suffers, and chance."""

    on: Installation
    seconds: float
    chance: Random

    def pause(self) -> None:
        """Wait a moment of any length up to a second or so."""
        time.sleep(self.chance.uniform(0.1, 1.2))

    def again_and_again(self, act: Callable[[], None]) -> None:
        """Act at random moments for as long as it lasts."""
        until = time.monotonic() + self.seconds
        while time.monotonic() < until:
            self.pause()
            act()

    def kill_one_of(self, processes: Sequence[psutil.Process]) -> None:
        """`kill -9` of one."""
        if processes:
            with suppress(psutil.NoSuchProcess):
                self.chance.choice(processes).kill()


def _web_processes(blow: Blow) -> None:
    blow.again_and_again(lambda: blow.kill_one_of(blow.on.children_of("web")))


def _part(name: str) -> Callable[[Blow], None]:
    def act(blow: Blow) -> None:
        def once() -> None:
            children = blow.on.children_of(name) if blow.chance.random() < 0.5 else []
            blow.on.kill(name)
            for child in children:
                with suppress(psutil.NoSuchProcess):
                    child.kill()
            time.sleep(2)  # let it start again, so that something is killed at work

        blow.again_and_again(once)

    return act


def _backends(blow: Blow) -> None:
    blow.again_and_again(lambda: blow.kill_one_of(_backends_of(blow.on.servers.postgresql_processes())))


def _backends_of(processes: Iterable[psutil.Process]) -> list[psutil.Process]:
    """Those that serve a connection."""
    found = []
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            if "[local]" in " ".join(process.cmdline()):
                found.append(process)
    return found


def _postmaster(blow: Blow) -> None:
    def once() -> None:
        blow.kill_one_of(blow.on.servers.postgresql_processes()[:1])
        time.sleep(2)

    blow.again_and_again(once)


def _postgresql_away(blow: Blow) -> None:
    with blow.on.servers.without_postgresql():
        time.sleep(blow.seconds)


def _redis(blow: Blow) -> None:
    blow.again_and_again(lambda: blow.kill_one_of(blow.on.servers.redis_processes()))


def _redis_away(blow: Blow) -> None:
    with blow.on.servers.without_redis():
        time.sleep(blow.seconds)


def _both(blow: Blow) -> None:
    with blow.on.servers.without_redis():
        _postmaster(blow)


def _frozen(find: Callable[[Blow], Sequence[psutil.Process]]) -> Callable[[Blow], None]:
    def act(blow: Blow) -> None:
        processes = find(blow)
        _tell(processes, signal.SIGSTOP)
        try:
            time.sleep(blow.seconds)
        finally:
            _tell(processes, signal.SIGCONT)

    return act


def _tell(processes: Iterable[psutil.Process], what: signal.Signals) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(what)


def _full_disk(blow: Blow) -> None:
    with blow.on.servers.with_full_disk():
        time.sleep(blow.seconds)


def _everything(blow: Blow) -> None:
    def once() -> None:
        parts = [psutil.Process(process.pid) for process in blow.on.parts.values() if process.poll() is None]
        children = [child for name in blow.on.parts for child in blow.on.children_of(name)]
        servers = [*blow.on.servers.postgresql_processes(), *blow.on.servers.redis_processes()]
        for doomed in [*parts, *children, *servers]:
            with suppress(ProcessLookupError, psutil.NoSuchProcess):
                os.kill(doomed.pid, signal.SIGKILL)
        time.sleep(4)

    blow.again_and_again(once)


def _nothing(blow: Blow) -> None:
    time.sleep(blow.seconds)


SCENARIOS: Mapping[str, Callable[[Blow], None]] = {
    "nothing happens": _nothing,
    "kill web processes": _web_processes,
    "kill the web server": _part("web"),
    "kill the worker": _part("worker"),
    "kill beat": _part("beat"),
    "kill a PostgreSQL backend": _backends,
    "kill the postmaster": _postmaster,
    "PostgreSQL away": _postgresql_away,
    "PostgreSQL frozen": _frozen(lambda blow: blow.on.servers.postgresql_processes()),
    "kill Redis": _redis,
    "Redis away": _redis_away,
    "Redis frozen": _frozen(lambda blow: blow.on.servers.redis_processes()),
    "kill the postmaster without Redis": _both,
    "full disk": _full_disk,
    "kill everything": _everything,
}
LONG_SECONDS = {"PostgreSQL away": 60.0, "Redis away": 600.0, "full disk": 60.0}
"""How long these last with `--long`."""
