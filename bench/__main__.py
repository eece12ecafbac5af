"""Run the benchmarks named on the command line, or all: `python -m bench [ingestion …]`."""

import importlib
import os
import pkgutil
import sys

import django

import bench


def main(chosen: list[str]) -> None:
    """Print the figures of each benchmark as they come."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "traceapp.settings")
    django.setup()
    for name in chosen or sorted(module.name for module in pkgutil.iter_modules(bench.__path__)):
        if name != "__main__":
            print(f"\n{name}")
            for figure in importlib.import_module(f"bench.{name}").run():
                print(figure, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
