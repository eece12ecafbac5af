"""The daily digest: what waits for a person and what changed since the last one, at their hour, where there is something to say."""
