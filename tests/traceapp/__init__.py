"""Tests of the project: embedded servers, start, settings, logs."""
