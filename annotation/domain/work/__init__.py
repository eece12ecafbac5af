"""Long work: rows that say what is to be done and how far it is, driven in bounded steps."""
