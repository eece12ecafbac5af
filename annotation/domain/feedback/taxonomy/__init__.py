"""Working on a project's failure modes: renamed, merged, split, grouped, with all earlier uses carried along."""
