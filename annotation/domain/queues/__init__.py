"""Queues: what stands in them and why, who has what on the screen, and what a queue asks."""
