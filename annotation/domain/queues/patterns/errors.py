"""What a pattern that cannot be used says."""


class PatternError(ValueError):
    """The pattern cannot be read; the message says what to do."""
