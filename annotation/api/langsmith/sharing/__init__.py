"""Links to runs that everybody may see who has them."""
