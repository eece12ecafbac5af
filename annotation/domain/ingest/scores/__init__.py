"""Scores and annotations as the clients of Langfuse and Phoenix post them, read as feedback."""
