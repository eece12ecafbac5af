"""Many stored rows at once: copies of rows that came through the front door, under other ids and times."""

from django.db import connection, models

from annotation.models import Run, Trace

#: From 0 to 1, another one for each copy; no random(), which would not do as the bound of an index.
_SHARE = "abs(hashint8(original.id * 100003 + copy) / 2147483648.0)"
_DRAWN = f"({_SHARE} * (SELECT max(id) FROM annotation_trace))::bigint"  # noqa: S608 -- our own names


def traces(count: int) -> None:
    """Have at least so many traces, over the last thirty days, with words of their own. Copies have no runs."""
    missing = count - Trace.objects.count()
    changes = {
        "uuid": "gen_random_uuid()",
        "started_at": f"now() - {_SHARE} * interval '30 days'",
        "created_at": f"now() - {_SHARE} * interval '30 days'",
        "settled_at": "now()",
        "input": "input || ' case ' || copy",
        "user_id": "'user-' || copy",
        "thread_id": "'conv-' || copy",
        "tags": "CASE WHEN mod(copy, 10) = 0 THEN ARRAY['tag-' || copy] ELSE '{}' END",
    }
    _copy(Trace, changes, missing)


def runs(count: int) -> None:
    """Have at least so many runs, spread over the traces that there are."""
    changes = {
        "uuid": "gen_random_uuid()",
        "external_id": "substr(md5(random()::text), 1, 16)",
        "trace_id": f"(SELECT id FROM annotation_trace WHERE id >= {_DRAWN} ORDER BY id LIMIT 1)",  # noqa: S608 -- our own names
    }
    _copy(Run, changes, count - Run.objects.count())


def _copy(model: type[models.Model], changes: dict[str, str], missing: int) -> None:
    table = model._meta.db_table  # noqa: SLF001 -- the only way to a table's name
    columns = [field.column for field in model._meta.concrete_fields if not field.generated and field.column != "id"]  # noqa: SLF001
    chosen = [changes.get(str(column), f"original.{column}") for column in columns]
    with connection.cursor() as cursor:
        if missing > 0:
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(map(str, columns))}) "  # noqa: S608 -- our own names
                f"SELECT {', '.join(chosen)} FROM (SELECT * FROM {table} ORDER BY id LIMIT 1000) AS original, "
                "generate_series(1, 1 + %s / (SELECT least(count(*), 1000) FROM " + table + ")) AS copy LIMIT %s",
                [missing, missing],
            )
        cursor.execute(f"VACUUM (ANALYZE) {table}")
