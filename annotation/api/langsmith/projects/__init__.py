"""Projects, which this protocol calls sessions, and the workspace's settings."""
