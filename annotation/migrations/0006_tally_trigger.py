"""The trigger that keeps the totals of projects, and the project that each workspace has from the start."""

from typing import Any

from django.db import migrations

from annotation.migrations import _tally


def give_defaults(apps: Any, _schema_editor: Any) -> None:
    """Workspaces that were made before they began with a project called default."""
    projects = apps.get_model("annotation", "Project").objects
    lacking = apps.get_model("annotation", "Workspace").objects.exclude(projects__name="default")
    for workspace in lacking:
        is_taken = projects.filter(workspace=workspace, slug="default").exists()
        projects.create(workspace=workspace, name="default", slug="default-traces" if is_taken else "default")


class Migration(migrations.Migration):
    dependencies = [("annotation", "0005_project_totals")]

    operations = [
        migrations.RunSQL(_tally.FORWARD, _tally.BACKWARD),
        migrations.RunPython(give_defaults, migrations.RunPython.noop),
    ]
