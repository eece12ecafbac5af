"""What goes in and out of version 1, a file per resource."""
