"""The settings of a workspace, a file per section."""
