"""Everything the product knows, in slices that depend on each other in one line."""
