"""Feedback: given, changed and listed by the SDKs, by those who hold a link, and what its keys mean."""
