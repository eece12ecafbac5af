"""Tests; the folders mirror `annotation`."""
