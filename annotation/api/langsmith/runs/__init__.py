"""Runs: sent by the SDKs, and read back."""
