"""The filter language of LangSmith's SDKs, `and(eq(run_type, "llm"), gt(latency, "5s"))`, read into our own tree.

The tree is one over runs: its fields are those of `matching.run_level`.
"""

from annotation.domain.traces.langsmith.translation import translate

__all__ = ["translate"]
