"""An agent of Pydantic AI watched by Logfire, which sends here instead of to its own service; one that fails."""

import logfire
from pydantic_ai import Agent
from weather import QUESTION, get_weather

logfire.configure(send_to_logfire=False, metrics=False)
logfire.instrument_pydantic_ai()

agent = Agent("openai-chat:gpt-4o-mini", name="weather_agent", system_prompt="You are a weather assistant.")
agent.tool_plain(get_weather)
with logfire.span("handle {user}", user="user-1"):
    print(agent.run_sync(QUESTION, conversation_id="thread-1").output)
try:
    agent.run_sync("Please fail.")
except Exception as error:
    print(error)
logfire.force_flush()
