"""What an import reads where: the frozen plan of its job."""

from pydantic import BaseModel, ConfigDict, Field

KIND = "import_traces"


class ImportPlan(BaseModel):
    """Fields are paths into a record, with dots (`info.task.user_id`); None: the records have none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    project: str = Field(min_length=1, max_length=200)
    name: str = Field(default="conversation", max_length=200)
    records: str | None = None
    messages: str = "messages"
    id: str | None = None
    group: str | None = None
    thread: str | None = None
    user: str | None = None
    model: str | None = None
    started_at: str | None = None
    scores: tuple[str, ...] = ()
    source: str = "api"
    good_from: float | None = None
