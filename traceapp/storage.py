"""Files on disk that are there once saving them has returned, whatever happens then."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.core.files import File
from django.core.files.storage import FileSystemStorage


class DurableFileStorage(FileSystemStorage):
    """Saves whole or not at all: written beside, flushed to disk, then renamed. The same name again takes its place."""

    def __init__(self, location: str) -> None:
        super().__init__(location=location, allow_overwrite=True)

    def _save(self, name: str, content: File) -> str:  # type: ignore[type-arg]
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=target.parent, delete=False) as written:
            try:
                for chunk in content.chunks():
                    written.write(chunk)
                written.flush()
                os.fsync(written.fileno())
            except BaseException:
                Path(written.name).unlink()
                raise
        Path(written.name).replace(target)
        self._flush_folders(target.parent)
        return name

    def _flush_folders(self, folder: Path) -> None:
        """The names, too: of the file in its folder, and of new folders in theirs."""
        root = Path(self.location)
        while True:
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            if folder in {root, folder.parent}:
                return
            folder = folder.parent
