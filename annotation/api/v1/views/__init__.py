"""The views of version 1, a file per resource."""
