"""What people read of a run: messages, texts, a tool's call, documents; out of inputs and outputs as the SDKs and
LangChain write them.
"""

from typing import Any

from annotation.domain.ingest import conversations, messages, readable
from annotation.domain.ingest.records import ToolRecord

#: What the SDKs name a value that is no object, to make it one: in Python, in JavaScript.
_RETURNED = ("output", "outputs")


def content(kind: str, name: str | None, inputs: Any, outputs: Any) -> dict[str, Any]:
    """The fields of a record that tell what a run of this type read and said."""
    asked, said = readable.input_text(inputs), readable.output_text(_returned(outputs))
    if kind == "tool":
        result = _result(outputs)
        tool = ToolRecord(name, readable.arguments(inputs), result)
        return {"input_text": asked, "output_text": readable.output_text(result), "tool": tool}
    if kind == "retriever":
        found = documents(outputs)
        text = "\n\n".join(str(one["content"]) for one in found if one["content"])
        return {"input_text": asked, "output_text": text or said, "documents": found}
    if kind == "llm":
        return {"input_text": asked, "output_text": said, **_conversation(inputs, outputs)}
    return {"input_text": asked, "output_text": None if kind == "embedding" else said}


def _conversation(inputs: Any, outputs: Any) -> dict[str, Any]:
    answered = conversations.answered(_returned(outputs))
    return {
        "messages": [*conversations.asked(inputs), *answered],
        "tool_calls": messages.tool_calls(answered),
    }


def _returned(outputs: Any) -> Any:
    if not isinstance(outputs, dict):
        return outputs
    wrapped = [name for name in _RETURNED if outputs.keys() == {name}]
    return outputs[wrapped[0]] if wrapped else outputs


def _result(outputs: Any) -> Any:
    """What a tool returned, also where LangChain made a message of it."""
    value = _returned(outputs)
    said = conversations.single(value) if isinstance(value, dict) else None
    results = [part["result"] for part in said["parts"] if part["type"] == "tool_result"] if said else []
    return results[0] if len(results) == 1 else readable.unwrapped(value)


def documents(outputs: Any) -> list[dict[str, Any]]:
    """A retriever's documents, `{page_content, metadata, type}`, also inside LangChain's own serialisation."""
    listed = outputs.get("documents", outputs.get("output")) if isinstance(outputs, dict) else outputs
    if not isinstance(listed, list):
        return []
    inner = [_object(one.get("kwargs")) or one for one in listed if isinstance(one, dict)]
    return [
        {"id": one.get("id"), "content": one.get("page_content"), "score": one.get("score"),
         "metadata": _object(one.get("metadata"))}
        for one in inner
        if "page_content" in one
    ]  # fmt: skip


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
