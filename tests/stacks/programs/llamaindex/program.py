"""An agent of LlamaIndex; an index that is asked."""

import asyncio

from llama_index.core import Document, VectorStoreIndex
from llama_index.core.agent.workflow import FunctionAgent
from llama_index.embeddings.openai import OpenAIEmbedding
from llama_index.llms.openai import OpenAI
from openinference.instrumentation import using_session
from openinference.instrumentation.llama_index import LlamaIndexInstrumentor
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from weather import MODEL, QUESTION, get_weather

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
LlamaIndexInstrumentor().instrument(tracer_provider=provider)

model = OpenAI(model=MODEL)


async def main() -> None:
    agent = FunctionAgent(tools=[get_weather], llm=model, system_prompt="Tell the weather.", streaming=False)
    print(await agent.run(QUESTION))


with using_session("thread-1"):
    asyncio.run(main())
guide = Document(text="Paris is sunny in May.", metadata={"source": "guide"})
index = VectorStoreIndex.from_documents([guide], embed_model=OpenAIEmbedding())
print(index.as_query_engine(llm=model).query("How is Paris?"))
provider.shutdown()
