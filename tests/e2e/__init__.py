"""The whole product, with real servers and a real browser."""
