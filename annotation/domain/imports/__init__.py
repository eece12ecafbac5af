"""Traces from files: transcripts of conversations that somebody kept."""
