"""Traces as people read, find and count them."""
