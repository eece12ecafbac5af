"""Datasets: versions, rows, where they came from, and how they leave again."""
