"""What a filter selects: the one place where the filter language becomes SQL."""

from annotation.domain.traces.matching.bounds import FilterTooSlow, bounded
from annotation.domain.traces.matching.compiler import TraceFilter, compile  # noqa: A004 -- called as matching.compile

__all__ = ["FilterTooSlow", "TraceFilter", "bounded", "compile"]
