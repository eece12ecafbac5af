"""How pages look and what screen readers hear of them, in a real browser."""
