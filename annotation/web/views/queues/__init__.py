"""Queues: my work, one queue, its settings, and corrections that wait."""
