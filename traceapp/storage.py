"""Where attachments lie: on disk, durable once saving has returned, or in an S3-compatible bucket."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage

from traceapp import embedded


def on_disk(env: Any) -> dict[str, Any]:
    """Django's description of a folder of this machine: ATTACHMENTS_DIR, else one in the data folder."""
    folder = env("ATTACHMENTS_DIR", default=str(embedded.home() / "attachments"))
    return {"BACKEND": "traceapp.storage.DurableFileStorage", "OPTIONS": {"location": folder}}


def in_bucket(env: Any) -> dict[str, Any]:
    """Django's description of the bucket ATTACHMENTS_BUCKET; without keys, those of the machine's role are taken."""
    given = {
        "bucket_name": env("ATTACHMENTS_BUCKET"),
        "endpoint_url": env("ATTACHMENTS_ENDPOINT", default=""),
        "region_name": env("ATTACHMENTS_REGION", default=""),
        "access_key": env("ATTACHMENTS_ACCESS_KEY", default=""),
        "secret_key": env("ATTACHMENTS_SECRET_KEY", default=""),
        "addressing_style": env("ATTACHMENTS_ADDRESSING", default=""),
    }
    options = {name: value for name, value in given.items() if value}
    # The same name again takes the place of the one before, as on disk; nothing is public.
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {**options, "file_overwrite": True, "default_acl": None},
    }


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
