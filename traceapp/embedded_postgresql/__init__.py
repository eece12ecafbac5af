"""A Django database backend: PostgreSQL, started on the first connection when nobody runs it yet."""
