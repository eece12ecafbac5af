"""Reviews: what people answered, what they had typed, and what became of their corrections."""
