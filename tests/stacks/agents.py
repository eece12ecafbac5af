"""What every stack tells of one agent that answers one question."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.stacks.installation import Tree

QUESTION = "What is the weather in Paris and Tokyo?"
ANSWER = "It is 18C and sunny in Paris. It is 24C and raining in Tokyo."
RESULTS = {"Paris": "18C and sunny", "Tokyo": "24C and raining"}
ASKED, ANSWERED = "gpt-4o-mini", "gpt-4o-mini-2026-01-15"


@dataclass(frozen=True)
class Agent:
    """How one stack tells the agent's trace, where stacks differ."""

    tree: Tree
    thread: str | None = "thread-1"
    user: str | None = None
    tags: list[str] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    model: str = ANSWERED
    model_requested: str | None = ASKED
    named: str | None = None
    rewords: bool = False
    """Whether the framework puts the question into a prompt of its own."""
    trails: str = ""
    """What stands behind the answer."""
    tells_results: bool = True
    """Whether calls of the model say which of their messages are results of tools."""
    tells_tools: bool = True
    """Whether calls of tools are runs of tools."""
    repeats: str = ""
    """A step that runs as often as chance has it."""
    closes_by_tool: bool = False
    """Whether the model gives its answer to a tool that ends the agent."""

    @property
    def name(self) -> str:
        """Of the trace: its root's, unless the SDK names it otherwise."""
        return self.named or self.tree[1]


def steps(model: str, tool: str) -> list[Tree]:
    """A call of the model, both calls of the tool, the call that answers."""
    return [("llm", model, []), ("tool", tool, []), ("tool", tool, []), ("llm", model, [])]


def llama_steps(call: str) -> list[Tree]:
    """What LlamaIndex does for one answer of the model."""
    inside: list[Tree] = [("chain", "OpenAI._prepare_chat_with_tools", []), ("llm", f"OpenAI.{call}", [])]
    return [
        ("chain", "BaseWorkflowAgent.run_agent_step", inside),
        ("chain", "BaseWorkflowAgent.parse_agent_output", []),
    ]


PLAN = {"plan": "free"}
AGENTS = {
    "agno": Agent(
        ("agent", "weather_agent.run", steps("OpenAIChat.invoke", "get_weather")),
        user="user-1", model=ASKED, model_requested=None,  # the instrumentation tells one model, the one asked for
    ),
    "anthropic": Agent(
        ("agent", "weather_agent", steps("messages.create", "get_weather")),
        model="claude-sonnet-4-5", model_requested="claude-sonnet-4-5",
    ),
    "arize-phoenix": Agent(("agent", "weather_agent", steps("ChatCompletion", "get_weather"))),
    "crewai": Agent(
        ("chain", "weather.kickoff", [
            ("agent", "Weather reporter._execute_core", steps("ChatCompletion", "get_weather.run")),
        ]),
        thread=None, rewords=True,
    ),
    "google-adk": Agent(
        ("chain", "invoke_workflow weather_agent", [
            ("agent", "invoke_agent weather_agent", [
                ("llm", "generate_content gemini-2.5-flash", []),
                ("tool", "execute_tool get_weather", []), ("tool", "execute_tool get_weather", []),
                ("tool", "execute_tool (merged)", []),
                ("llm", "generate_content gemini-2.5-flash", []),
            ]),
        ]),
        model="gemini-2.5-flash", model_requested="gemini-2.5-flash",
    ),
    "haystack": Agent(
        ("chain", "Pipeline.run", [
            ("chain", "Agent.run", [
                ("llm", "OpenAIChatGenerator.run", [("llm", "ChatCompletion", [])]),
                ("llm", "OpenAIChatGenerator.run", [("llm", "ChatCompletion", [])]),
            ]),
        ]),
        tells_tools=False,
    ),
    "langchain-and-langgraph": Agent(
        ("chain", "weather_agent", [
            ("chain", "model", [("llm", "ChatOpenAI", [])]),
            ("chain", "tools", [("tool", "get_weather", [])]),
            ("chain", "tools", [("tool", "get_weather", [])]),
            ("chain", "model", [("llm", "ChatOpenAI", [])]),
        ]),
        user="user-1", tags=["demo"],
    ),
    "langfuse-3": Agent(
        ("chain", "request", [("agent", "weather_agent", steps("OpenAI-generation", "get_weather"))]),
        user="user-1", tags=["demo"], metadata=PLAN, model_requested=None,
    ),
    "langfuse-in-javascript": Agent(
        ("agent", "weather_agent", steps("OpenAI.chat", "get_weather")),
        user="user-1", tags=["demo"], metadata=PLAN, model_requested=None,
    ),
    "langfuse": Agent(
        ("chain", "request", [("agent", "weather_agent", steps("OpenAI-generation", "get_weather"))]),
        user="user-1", tags=["demo"], metadata=PLAN,
        model_requested=None,  # the SDK names the model that answered only
    ),
    "langsmith-in-javascript": Agent(
        ("chain", "weather_agent", steps("ChatOpenAI", "get_weather")), user="user-1", tags=["demo"], metadata=PLAN
    ),
    "langsmith-in-python": Agent(
        ("chain", "weather_agent", steps("ChatOpenAI", "get_weather")), user="user-1", tags=["demo"], metadata=PLAN
    ),
    "langsmith-over-opentelemetry": Agent(
        ("chain", "weather_agent", steps("ChatOpenAI", "get_weather")), user="user-1", tags=["demo"], metadata=PLAN
    ),
    "litellm": Agent(
        ("agent", "invoke_agent weather_agent", [
            ("llm", "litellm_request", [("chain", "raw_gen_ai_request", [])]),
            ("tool", "execute_tool get_weather", []), ("tool", "execute_tool get_weather", []),
            ("llm", "litellm_request", [("chain", "raw_gen_ai_request", [])]),
        ]),
        user="user-1",
    ),
    "llamaindex": Agent(
        ("agent", "FunctionAgent.run", [
            *(("chain", f"BaseWorkflowAgent.{step}", []) for step in ("init_run", "setup_agent")),
            *llama_steps("achat"),
            ("chain", "BaseWorkflowAgent.call_tool", [("tool", "FunctionTool.acall", [])]),
            ("chain", "BaseWorkflowAgent.call_tool", [("tool", "FunctionTool.acall", [])]),
            ("chain", "BaseWorkflowAgent.setup_agent", []),
            *llama_steps("achat"),
        ]),
        model=ASKED, repeats="BaseWorkflowAgent.aggregate_tool_results",
    ),
    "microsoft-agent-framework": Agent(
        ("chain", "request", [
            ("agent", "invoke_agent weather_agent", steps("chat gpt-4o-mini", "execute_tool get_weather")),
        ]),
        user="user-1",
    ),
    "mlflow": Agent(("agent", "weather_agent", steps("Completions", "get_weather")), thread=None),
    "openai-agents-sdk": Agent(
        ("agent", "Weather flow", [
            ("chain", "Agent workflow", [
                ("agent", "weather_agent", [
                    ("chain", "turn", [
                        ("llm", "response", []), ("tool", "get_weather", []), ("tool", "get_weather", []),
                    ]),
                    ("chain", "turn", [("llm", "response", [])]),
                ]),
            ]),
        ]),
        thread=None,  # the instrumentation drops the group id, and the name of the model that was asked for
        model_requested=ANSWERED,
    ),
    "openinference": Agent(
        ("agent", "weather_agent", steps("ChatCompletion", "get_weather")),
        user="user-1", tags=["demo"], metadata=PLAN,
    ),
    "openlit": Agent(
        ("chain", "weather_agent", [
            ("llm", "chat gpt-4o-mini", []), ("chain", "get_weather", []), ("chain", "get_weather", []),
            ("llm", "chat gpt-4o-mini", []),
        ]),
        thread=None, tells_tools=False, metadata={"environment": "default"},
    ),
    "openllmetry-traceloop": Agent(
        ("chain", "weather.workflow", [("agent", "weather_agent.agent", steps("openai.chat", "get_weather.tool"))]),
        user="user-1", metadata=PLAN,
    ),
    "opentelemetry-genai": Agent(
        ("agent", "invoke_agent weather_agent", steps("chat gpt-4o-mini", "execute_tool get_weather")),
    ),
    "opentelemetry-genai-by-events": Agent(
        ("agent", "invoke_agent weather_agent", steps("chat gpt-4o-mini", "execute_tool get_weather")),
    ),
    "opentelemetry-openai-v2": Agent(
        ("agent", "invoke_agent weather_agent", steps("chat gpt-4o-mini", "execute_tool get_weather")),
    ),
    "opik-over-opentelemetry": Agent(("agent", "weather_agent", steps("ChatCompletion", "get_weather"))),
    "pydantic-ai": Agent(
        ("chain", "handle user-1", [
            ("agent", "invoke_agent weather_agent", steps("chat gpt-4o-mini", "execute_tool get_weather")),
        ]),
    ),
    "smolagents": Agent(
        ("agent", "weather_agent.run", [
            ("chain", "Step 1", steps("OpenAIModel.generate", "Weather")[:3]),
            ("chain", "Step 2", [("llm", "OpenAIModel.generate", []), ("tool", "FinalAnswerTool", [])]),
        ]),
        model=ASKED, model_requested=None, rewords=True, tells_results=False, closes_by_tool=True,
    ),
    "strands-agents": Agent(
        ("agent", "invoke_agent weather_agent", [
            ("chain", "execute_event_loop_cycle", steps("chat", "execute_tool get_weather")[:3]),
            ("chain", "execute_event_loop_cycle", steps("chat", "execute_tool get_weather")[3:]),
        ]),
        user="user-1", model=ASKED, trails="\n",
    ),
    "vercel-ai-sdk-5": Agent(
        ("chain", "ai.generateText", steps("ai.generateText.doGenerate", "ai.toolCall")),
        user="user-1", tags=["demo"], metadata=PLAN, named="weather_agent",
    ),
    "vercel-ai-sdk-7": Agent(
        ("chain", "POST /chat", [
            ("agent", "invoke_agent gpt-4o-mini", [
                ("chain", "step 1", steps("chat gpt-4o-mini", "execute_tool get_weather")[:3]),
                ("chain", "step 2", steps("chat gpt-4o-mini", "execute_tool get_weather")[3:]),
            ]),
        ]),
        user="user-1",
    ),
}  # fmt: skip
