"""Several processes as one: started together, stopped together, their last words shown when one of them dies."""

import ctypes
import logging
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from honcho.manager import Manager
from honcho.printer import Message
from honcho.process import Popen, Process

_LAST_LINES = 25
_LOG_BYTES = 10_000_000
_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux' prctl


class Supervisor(Manager):  # type: ignore[misc]  # honcho is untyped
    """Runs the added processes until one ends or a signal asks to stop; `dead` then names the one that ended itself."""

    def __init__(self, log_folder: Path, *, beside: Callable[[], None], echo: bool) -> None:
        """`beside` runs in a thread while the processes do; with `echo` their output is also printed here."""
        super().__init__(printer=_Logs(log_folder, echo=echo))
        self.dead: str | None = None
        self._process_ctor = _MortalProcess
        self._procmgr = _Signals()
        self._beside = beside

    def run(self, commands: dict[str, list[str]]) -> None:
        """Run `commands` (name -> words of the command) until all have ended."""
        for name, words in commands.items():
            self.add_process(name, words)
        self.loop()

    def last_lines(self, name: str) -> list[str]:
        """What the process wrote last; nothing of one that ended before it wrote."""
        return list(self._printer.tails.get(name, ()))

    def terminate(self) -> None:
        """Ask all to stop; notes who was first to end on its own."""
        if not self._terminating:
            self.dead = next((name for name, state in self._processes.items() if "returncode" in state), None)
        super().terminate()

    def _start(self) -> None:
        super()._start()
        threading.Thread(target=self._beside, daemon=True).start()


class _Logs:
    """Where honcho writes lines to: a file for each process, the last few also in memory."""

    def __init__(self, folder: Path, *, echo: bool) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.width = 0  # honcho sets it
        self.tails: dict[str, deque[str]] = {}
        self._folder = folder
        self._echo = echo
        self._files: dict[str, RotatingFileHandler] = {}

    def write(self, message: Message) -> None:
        """Keep one line of a process, or of honcho itself (named "system")."""
        text = message.data if isinstance(message.data, str) else message.data.decode("utf-8", "replace")
        line = text.rstrip("\n")
        self.tails.setdefault(message.name, deque(maxlen=_LAST_LINES)).append(line)
        if message.name == "system":  # said in signal handlers, which may interrupt one another: no files there
            return
        self._file(message.name).emit(logging.makeLogRecord({"msg": line}))
        if self._echo:
            sys.stderr.write(f"{message.name:<6} | {line}\n")

    def _file(self, name: str) -> RotatingFileHandler:
        if name not in self._files:
            path = self._folder / f"{name}.log"
            self._files[name] = RotatingFileHandler(path, maxBytes=_LOG_BYTES, backupCount=1)
        return self._files[name]


class _MortalProcess(Process):  # type: ignore[misc]  # honcho is untyped
    """A child (and honcho's process that reads its output) that does not outlive this program, even killed."""

    def __init__(self, words: list[str], **options: Any) -> None:
        super().__init__(words, **options)
        self._child_ctor = _start_child

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:  # noqa: FBT001, FBT002 -- honcho's signature
        """Start the child and pass on its lines until it ends."""
        _die_with_parent(signal.SIGKILL)
        super().run(events, ignore_signals)


class _Signals:
    """Stops only the main process of a child, which knows best how to end its own; kills all of them."""

    def terminate(self, pid: int) -> None:
        """Ask to stop."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)

    def kill(self, pid: int) -> None:
        """End the child's whole session."""
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def _start_child(words: list[str], **options: Any) -> Any:
    # The function before the start is one system call, so it is safe in a child that was just forked.
    return Popen(words, shell=False, preexec_fn=_ask_to_die_with_parent, **options)


def _ask_to_die_with_parent() -> None:
    _die_with_parent(signal.SIGTERM)


def _die_with_parent(by: signal.Signals) -> None:
    """Have the kernel signal this process when its parent ends. Only Linux can; elsewhere a kill -9 leaves children."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, by)
