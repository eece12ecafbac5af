"""Who gets what from every address: one literal table, read by `test_roles.py`.

To add an address, add one line to the part that it belongs to: its route as `manage.py` knows it, a dictionary from
method to a row of answers, and for every id in it what it names in `role_world.py`. A row is `pages(…)` or `api(…)`
with the answers of the personas in the order of PAGE_PERSONAS or API_PERSONAS; the named ones in `answers.py` fit
nearly everything.
"""

from tests.architecture.role_table.answers import Route
from tests.architecture.role_table.ingest import INGEST
from tests.architecture.role_table.langsmith import LANGSMITH
from tests.architecture.role_table.pages import PAGES
from tests.architecture.role_table.rest import REST

__all__ = ["TABLE", "Route"]

TABLE: tuple[Route, ...] = (*INGEST, *LANGSMITH, *PAGES, *REST)
