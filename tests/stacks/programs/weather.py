"""An agent as people write them: a model, one tool, a loop. The programs beside it watch it with their SDKs."""

import json

QUESTION = "What is the weather in Paris and Tokyo?"
MODEL = "gpt-4o-mini"
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "Tells the weather of a city.",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        },
    }
]


def get_weather(city: str) -> str:
    """Tells the weather of a city."""
    return {"Paris": "18C and sunny", "Tokyo": "24C and raining"}[city]


def converse(client, question, tool=get_weather):
    """Ask the model until it answers, calling the tool as it wishes."""
    messages = [{"role": "system", "content": "You are a weather assistant."}, {"role": "user", "content": question}]
    while True:
        said = client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS).choices[0].message
        if not said.tool_calls:
            return said.content
        messages.append(said.model_dump(exclude_none=True))
        for call in said.tool_calls:
            result = tool(**json.loads(call.function.arguments))
            messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
