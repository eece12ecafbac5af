"""What goes: traces that somebody has deleted, and those that a project no longer keeps."""
