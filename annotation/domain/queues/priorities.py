"""The priorities that an item can have: the higher one is given out first where the queue goes by priority. Pure."""

LEAST, MOST = -1000, 1000
