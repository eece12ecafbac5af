"""Hostile spans: known attributes with values of any kind."""

from typing import Any

from hypothesis import strategies as st

from annotation.domain.ingest.spans import Span, SpanEvent

texts = st.text(max_size=20) | st.sampled_from(["\0", "{", "[1", "NaN", "text", "tool", "user", "assistant", "42"])
scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | texts
WORDS = [
    "role", "parts", "type", "content", "text", "name", "id", "arguments", "response", "result", "tool_calls",
    "function", "messages", "choices", "message", "output", "object", "kwargs", "args", "lc", "data", "generations",
    "model", "usage", "image_url", "url", "text", "contents", "candidates", "toolUse", "inlineData", "source", "input",
    "prompt", "system", "human", "tool-call", "tool-result", "reasoning", "lc", "additional_kwargs", "generations", "inputs", "tool_call", "tool_call_response", "reasoning", "finish_reason",
]  # fmt: skip
json_values: st.SearchStrategy[Any] = st.recursive(
    scalars | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS) | texts, inner, max_size=5),
    max_leaves=25,
)
KEYS = [
    "gen_ai.operation.name", "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions",
    "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "gen_ai.usage.cost", "gen_ai.tool.name",
    "gen_ai.tool.call.arguments", "gen_ai.tool.call.result", "gen_ai.retrieval.documents",
    "gen_ai.retrieval.query.text", "gen_ai.response.id", "gen_ai.response.time_to_first_chunk", "gen_ai.request.model",
    "openinference.span.kind", "input.value", "output.value", "llm.invocation_parameters", "metadata", "tag.tags",
    "tool.parameters", "llm.token_count.prompt", "llm.cost.total", "session.id", "user.id", "error.type",
    "llm.input_messages.0.message.role", "llm.input_messages.0.message.content",
    "llm.input_messages.999999999.message.contents.2.message_content.type",
    "llm.output_messages.1.message.tool_calls.0.tool_call.function.arguments", "llm.output_messages.x.message.role",
    "retrieval.documents.3.document.metadata", "reranker.output_documents.0.document.content", "llm.prompts.0.prompt.text",
    "traceloop.span.kind", "traceloop.entity.name", "traceloop.entity.input", "traceloop.entity.output",
    "traceloop.association.properties.session_id", "traceloop.association.properties.x", "llm.request.type", "llm.user",
    "ai.operationId", "ai.prompt", "ai.prompt.messages", "ai.response.text", "ai.response.toolCalls", "ai.response.object",
    "ai.result.text", "ai.usage.inputTokens", "ai.usage.tokens", "ai.toolCall.name", "ai.toolCall.args", "ai.toolCall.result",
    "ai.telemetry.metadata.tags", "ai.telemetry.metadata.x", "ai.telemetry.functionId", "ai.values",
    "ai.response.msToFirstChunk", "gen_ai.prompt", "gen_ai.completion", "gen_ai.prompt.0.role", "gen_ai.prompt.0.content",
    "gen_ai.prompt.3.tool_calls.0.arguments", "gen_ai.completion.0.content", "gen_ai.completion.0.function_call.name",
    "langsmith.span.kind", "langsmith.trace.name", "langsmith.trace.session_name", "langsmith.span.tags",
    "langsmith.metadata.usage_metadata", "langsmith.metadata.thread_id", "langsmith.metadata.x",
    "langfuse.observation.type", "langfuse.observation.input", "langfuse.observation.output", "langfuse.trace.name",
    "langfuse.observation.usage_details", "langfuse.observation.cost_details", "langfuse.observation.level",
    "langfuse.observation.completion_start_time", "langfuse.observation.metadata", "langfuse.trace.metadata.x",
    "langfuse.trace.tags", "langfuse.observation.model.name", "langfuse.observation.status_message",
    "mlflow.spanType", "mlflow.spanInputs", "mlflow.spanOutputs", "mlflow.chat.tokenUsage", "mlflow.llm.cost",
    "mlflow.llm.model", "mlflow.traceTag.x", "mlflow.spanFunctionName", "mlflow.trace.session",
    "span.type", "model", "input_tokens", "cache_read_tokens", "tool_name", "full_command", "user_prompt", "ttft_ms", "success",
    "gcp.vertex.agent.llm_request", "gcp.vertex.agent.llm_response", "gcp.vertex.agent.tool_call_args",
    "gcp.vertex.agent.tool_response", "gcp.vertex.agent.session_id", "logfire.msg", "logfire.tags", "logfire.span_type",
    "logfire.pending_parent_id", "pydantic_ai.all_messages", "all_messages_events", "final_result", "events",
    "request_data", "response_data", "model_request_parameters", "operation.cost", "gen_ai.task.input",
    "function.args", "function.kwargs", "litellm.call_id", "metadata.user_api_key_user_id", "crew_inputs", "crew_tasks",
    "gen_ai.server.time_to_first_token",
]  # fmt: skip
kinds = st.sampled_from(["LLM", "TOOL", "AGENT", "RETRIEVER", "EMBEDDING", "RERANKER", "nonsense"])
times = st.integers(0, 2**64 - 1)
events = st.builds(
    SpanEvent,
    name=st.sampled_from(
        [
            "exception",
            "First Token Stream Event",
            "other",
            "gen_ai.content.prompt",
            "gen_ai.choice",
            "gen_ai.user.message",
            "gen_ai.tool.message",
        ]
    ),
    time_ns=times,
    attributes=st.dictionaries(
        st.sampled_from(
            [
                "exception.message",
                "exception.type",
                "exception.stacktrace",
                "content",
                "message",
                "role",
                "gen_ai.prompt",
                "gen_ai.event.content",
                "tool_calls",
            ]
        ),
        json_values,
    ),
)
spans = st.builds(
    Span,
    trace_id=st.binary(min_size=16, max_size=16),
    span_id=st.binary(min_size=8, max_size=8),
    parent_id=st.none() | st.binary(min_size=8, max_size=8),
    name=texts,
    start_ns=times,
    end_ns=times,
    attributes=st.dictionaries(st.sampled_from(KEYS), json_values, max_size=12).flatmap(
        lambda found: st.just(found) | kinds.map(lambda kind: {**found, "openinference.span.kind": kind})
    ),
    kind=st.integers(0, 9),
    status_code=st.integers(0, 9),
    status_message=texts,
    events=st.lists(events, max_size=2),
    scope_name=texts | st.sampled_from(["com.anthropic.claude_code.tracing", "gcp.vertex.agent"]),
    resource=st.dictionaries(st.sampled_from(["service.name", "openinference.project.name"]), json_values, max_size=2),
)
