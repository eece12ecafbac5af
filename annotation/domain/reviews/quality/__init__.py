"""How good the labels of a queue are: how far reviewers agree, where they do not, and who differs from whom how."""
