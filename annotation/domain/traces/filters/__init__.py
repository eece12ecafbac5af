"""The filter language as text and tree; what it selects from the database is said in ``traces.matching``."""

from annotation.domain.traces.filters.errors import FilterError
from annotation.domain.traces.filters.parser import parse
from annotation.domain.traces.filters.printer import chips, to_text

__all__ = ["FilterError", "chips", "parse", "to_text"]
