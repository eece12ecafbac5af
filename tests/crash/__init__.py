"""The crash matrix: an installation of its own under load, whose parts are killed, starved and taken away.

`make crash` runs it. At the end of each scenario everything that was acknowledged is looked for and everything derived is
counted again. It is a program and not a test, because it takes minutes; `tests/e2e/test_crash.py` runs one of them.
"""
