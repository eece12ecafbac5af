"""Version 2 of the reading half: properties in upper case are selected, and only these come."""
