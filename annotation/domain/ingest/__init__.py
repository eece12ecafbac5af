"""Traces in: from the bytes of any client to stored traces and runs."""
