"""Workspaces, their members and invitations, projects, and the keys of programs."""
