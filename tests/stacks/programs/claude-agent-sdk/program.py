"""An agent of Claude's SDK, which runs Claude Code: that speaks OpenTelemetry by itself."""

import asyncio

from claude_agent_sdk import ClaudeAgentOptions, create_sdk_mcp_server, query, tool
from weather import QUESTION
from weather import get_weather as weather_of


@tool("get_weather", "Tells the weather of a city.", {"city": str})
async def get_weather(given: dict[str, str]) -> dict[str, object]:
    return {"content": [{"type": "text", "text": weather_of(given["city"])}]}


async def main() -> None:
    options = ClaudeAgentOptions(
        model="claude-sonnet-4-5",
        system_prompt="You are a weather assistant.",
        mcp_servers={"weather": create_sdk_mcp_server("weather", tools=[get_weather])},
        allowed_tools=["mcp__weather__get_weather"],
        setting_sources=[],
        max_turns=4,
    )
    async for message in query(prompt=QUESTION, options=options):
        print(message)


asyncio.run(main())
