"""An agent on a graph, asked twice in one thread; one whose tool fails; a chain; a retriever. No line of tracing."""

from langchain.agents import create_agent
from langchain_core.documents import Document
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.retrievers import BaseRetriever
from langchain_core.tools import tool
from langchain_core.tracers.langchain import wait_for_all_tracers
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.memory import InMemorySaver
from weather import MODEL, QUESTION, get_weather

model = ChatOpenAI(model=MODEL)


@tool
def broken_weather(city: str) -> str:
    """Tells the weather of a city."""
    raise LookupError(f"There is no city {city}.")


class Guide(BaseRetriever):
    def _get_relevant_documents(self, query, *, run_manager):
        return [Document(page_content="Paris is sunny in May.", metadata={"source": "guide"}, id="d1")]


agent = create_agent(model, [tool(get_weather)], name="weather_agent", checkpointer=InMemorySaver())
config = {"configurable": {"thread_id": "thread-1"}, "tags": ["demo"], "metadata": {"user_id": "user-1"}}
for question in (QUESTION, "And in Tokyo?"):
    print(agent.invoke({"messages": [("user", question)]}, config)["messages"][-1].content)
try:
    create_agent(model, [broken_weather], name="broken_agent").invoke({"messages": [("user", QUESTION)]})
except LookupError as error:
    print(error)
chain = ChatPromptTemplate.from_template("What is the weather in {city}?") | model | StrOutputParser()
print(chain.invoke({"city": "Rome"}, {"run_name": "weather_chain"}))
print(Guide().invoke("sunny cities"))
wait_for_all_tracers()
