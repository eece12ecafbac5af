"""Mounts for foreign trace clients."""
