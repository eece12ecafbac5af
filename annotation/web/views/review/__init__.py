"""The review page: taking an item, judging it, and going on to the next."""
