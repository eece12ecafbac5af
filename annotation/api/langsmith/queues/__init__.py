"""Annotation queues: the same queues, items and reviews as on our pages."""
