"""The parts of messages in one shape, from the shapes that providers and frameworks give them.

* `{"type": "text", "text"}` and `{"type": "reasoning", "text"}`
* `{"type": "image", "url"?, "mime_type"?, "data"?}` (never fetched)
* `{"type": "tool_call", "id", "name", "arguments"}`
* `{"type": "tool_result", "id", "name"?, "result"}`
* anything else, as the sender wrote it, with its own `type`
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

from annotation.domain.ingest.values import as_text, dumped, parsed

Part = dict[str, Any]


def text_part(text: Any, kind: str = "text") -> Part:
    """A part with text in it; a value that is not text is written as JSON."""
    return {"type": kind, "text": text if isinstance(text, str) else dumped(text)}


def call_part(identifier: Any, name: Any, arguments: Any) -> Part:
    """A tool call; arguments that hold JSON as text are parsed."""
    return {"type": "tool_call", "id": as_text(identifier), "name": as_text(name), "arguments": parsed(arguments)}


def result_part(identifier: Any, result: Any, name: Any = None) -> Part:
    """What a tool gave back."""
    part: Part = {"type": "tool_result", "id": as_text(identifier), "result": result}
    return part | {"name": name} if isinstance(name, str) and name else part


def image_part(url: Any = None, mime_type: Any = None, data: Any = None) -> Part:
    """An image by its address or as base64 text."""
    members = {"url": url, "mime_type": mime_type, "data": data}
    return {"type": "image"} | {key: value for key, value in members.items() if isinstance(value, str) and value}


def from_content(content: Any) -> list[Part]:
    """The parts of a message's content: one text, or a list of parts in any provider's words."""
    if content is None or content == "":
        return []
    if isinstance(content, list):
        return [from_provider(part) for part in content]
    return [from_provider(content)] if isinstance(content, dict) else [text_part(content)]


def flat(content: Any) -> Any:
    """The text of a tool's answer, if it comes as a list of text parts."""
    if isinstance(content, list) and content and all(isinstance(part, dict) and "text" in part for part in content):
        return "\n".join(str(part["text"]) for part in content)
    return content


def from_provider(part: Any) -> Part:
    """One part in any provider's words."""
    if not isinstance(part, dict):
        return text_part(part)
    kind = part.get("type", part.get("block_type"))
    if isinstance(kind, str):
        reader = _TYPED.get(kind)
        return reader(part) if reader else {"type": "other"} | part
    for key, untyped in _UNTYPED:
        if part.get(key) is not None:
            return untyped(part)
    return {"type": "other"} | part


def from_genai(part: Any) -> Part:
    """One part as the OpenTelemetry GenAI conventions write it (1.37 and later)."""
    if not isinstance(part, dict):
        return text_part(part)
    reader = _GENAI.get(kind) if isinstance(kind := part.get("type"), str) else None
    if reader:
        return reader(part)
    if part.get("modality") == "image" or str(part.get("mime_type", "")).startswith("image/"):
        return image_part(part.get("uri"), part.get("mime_type"), _first(part, "content", "data"))
    return from_provider(part)


def of_stream(content: Iterable[Part]) -> list[Part]:
    """Parts that came in pieces: text goes on in text, and reasoning in reasoning."""
    told: list[Part] = []
    for kind, alike in groupby(content, key=itemgetter("type")):
        pieces = list(alike)
        is_text = kind in ("text", "reasoning")
        told += [pieces[0] | {"text": "".join(piece["text"] for piece in pieces)}] if is_text else pieces
    return told


def _genai_text(part: Mapping[str, Any]) -> Part:
    text = part.get("content", part.get("text", ""))
    return {"type": "text", "text": text} if isinstance(text, str) else text_part(text)


def _genai_thought(part: Mapping[str, Any]) -> Part:
    return text_part(_first(part, "content", "text", "thinking") or "", "reasoning")


def _genai_call(part: Mapping[str, Any]) -> Part:
    arguments = part.get("arguments")
    if arguments is None:
        arguments = _first(part, "server_tool_call", "args", "input")
    return call_part(part.get("id"), part.get("name"), arguments)


def _genai_result(part: Mapping[str, Any]) -> Part:
    result = part.get("response")
    if result is None:
        result = _first(part, "result", "server_tool_call_response", "content")
    return result_part(part.get("id"), without_blocks(result), part.get("name"))


def without_blocks(result: Any) -> Any:
    """A tool's result that is nothing but blocks of text (`[{"text": …}]`, Strands) as that text; any other unchanged."""
    if not isinstance(result, list) or not result:
        return result
    texts = [block["text"] for block in result if isinstance(block, dict) and block.keys() == {"text"}]
    is_text = len(texts) == len(result) and all(isinstance(text, str) for text in texts)
    return "\n".join(texts) if is_text else result


_GENAI: Mapping[str, Callable[[Mapping[str, Any]], Part]] = {
    "text": _genai_text,
    "reasoning": _genai_thought,
    "thinking": _genai_thought,
    "tool_call": _genai_call,
    "server_tool_call": _genai_call,
    "tool_call_response": _genai_result,
    "server_tool_call_response": _genai_result,
}


def _first(part: Mapping[str, Any], *keys: str) -> Any:
    for key in keys:
        if (value := part.get(key)) is not None:
            return value
    return None


def _text(part: Mapping[str, Any]) -> Part:
    return text_part(_first(part, "text", "content", "refusal") or "")


def _thought(part: Mapping[str, Any]) -> Part:
    found = _first(part, "thinking", "text", "reasoning", "reasoningText", "reasoning_content", "summary") or ""
    if isinstance(found, dict):
        found = found.get("text", found)
    return text_part(flat(found), "reasoning")


def _image(part: Mapping[str, Any]) -> Part:
    """Images of OpenAI (`image_url`), Anthropic and Bedrock (`source`), Gemini and Vercel (data with its type)."""
    url = _first(part, "image_url", "url", "uri")
    if isinstance(url, dict):
        url = url.get("url")
    source = part.get("source")
    source = source if isinstance(source, dict) else part
    mime_type = _first(source, "media_type", "mediaType", "mime_type", "mimeType")
    image = source.get("image")
    if isinstance(image, str) and image.startswith(("http:", "https:", "data:")):
        url, image = url or image, None
    return image_part(url or source.get("url"), mime_type, _first(source, "data", "base64") or image)


def _file(part: Mapping[str, Any]) -> Part:
    mime_type = _first(part, "mediaType", "mimeType", "mime_type", "media_type")
    is_image = isinstance(mime_type, str) and mime_type.startswith("image/")
    return _image(part) if is_image else {**part, "type": "file"}


def _call(part: Mapping[str, Any]) -> Part:
    function = part.get("function")
    body = function if isinstance(function, dict) else part
    identifier = _first(part, "id", "call_id", "toolCallId", "tool_call_id", "toolUseId")
    arguments = _first(body, "input", "arguments", "args", "parsed_args")
    return call_part(identifier, _first(body, "name", "toolName", "tool_name"), arguments)


def _result(part: Mapping[str, Any]) -> Part:
    identifier = _first(part, "tool_use_id", "toolCallId", "call_id", "tool_call_id", "toolUseId", "id")
    result = _first(part, "content", "output", "result", "response")
    return result_part(identifier, _answer(result), _first(part, "toolName", "name", "tool_name"))


def _answer(result: Any) -> Any:
    """A tool's answer out of the AI SDK's `{"type": "text", "value": …}` and of lists of text or JSON parts."""
    if isinstance(result, dict) and result.keys() <= {"type", "value", "providerOptions"} and "value" in result:
        return result["value"]
    if isinstance(result, list) and len(result) == 1 and isinstance(result[0], dict) and result[0].keys() == {"json"}:
        return result[0]["json"]
    return flat(result)


def _nested(key: str, reader: Callable[[Mapping[str, Any]], Part]) -> Callable[[Mapping[str, Any]], Part]:
    def read(part: Mapping[str, Any]) -> Part:
        inner = part[key]
        return reader(inner) if isinstance(inner, dict) else {**part, "type": "other"}

    return read


def _unnamed(part: Mapping[str, Any]) -> Part:
    """A call of the AI SDK, or its result, in a list of nothing else."""
    return _result(part) if "output" in part or "result" in part else _call(part)


def _gemini_text(part: Mapping[str, Any]) -> Part:
    return text_part(part["text"], "reasoning" if part.get("thought") is True else "text")


#: How parts are read, by their type in the words of several providers.
_TYPED: Mapping[str, Callable[[Mapping[str, Any]], Part]] = {
    "text": _text,
    "input_text": _text,
    "output_text": _text,
    "refusal": _text,
    "thinking": _thought,
    "reasoning": _thought,
    "image_url": _image,
    "input_image": _image,
    "image": _image,
    "file": _file,
    "tool_use": _call,
    "server_tool_use": _call,
    "tool-call": _call,
    "tool_call": _call,
    "function_call": _call,
    "function": _call,
    "tool_result": _result,
    "tool-result": _result,
    "function_call_output": _result,
    "tool_call_response": _result,
}

#: Parts without a type (Bedrock, Gemini): by the member that says what they are.
_UNTYPED: tuple[tuple[str, Callable[[Mapping[str, Any]], Part]], ...] = (
    ("text", _gemini_text),
    ("toolName", _unnamed),
    ("toolUse", _nested("toolUse", _call)),
    ("toolResult", _nested("toolResult", _result)),
    ("functionCall", _nested("functionCall", _call)),
    ("function_call", _nested("function_call", _call)),
    ("functionResponse", _nested("functionResponse", _result)),
    ("function_response", _nested("function_response", _result)),
    ("reasoningContent", _nested("reasoningContent", _thought)),
    ("inlineData", _nested("inlineData", _file)),
    ("inline_data", _nested("inline_data", _file)),
    ("image", _nested("image", _image)),
)
