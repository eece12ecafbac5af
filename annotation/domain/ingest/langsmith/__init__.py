"""Runs as LangSmith's SDKs send them: in two messages (begin, end) that come in any order, often enough and at once."""
