"""Traces and threads: the list, one of them, its steps, and what is done from there."""
