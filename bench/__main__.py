"""Measure the parts named on the command line, or the usual ones: `python -m bench [writing …]`."""

import importlib
import os
import sys
from pathlib import Path

# Before anything reads the settings: a data folder of its own, so that nobody's installation is touched.
os.environ.setdefault("TRACEAPP_HOME", str(Path(__file__).resolve().parent.parent / ".traceapp" / "bench"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "traceapp.settings")

import django

USUAL = ("writing",)


def main(chosen: list[str]) -> None:
    """Print the figures of each part as they come."""
    django.setup()
    for name in chosen or USUAL:
        print(f"\n{name}")
        for figure in importlib.import_module(f"bench.{name}").run():
            print(figure, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
