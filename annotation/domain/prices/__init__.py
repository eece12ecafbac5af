"""What model calls cost: the price table of a workspace, and what follows from it."""
