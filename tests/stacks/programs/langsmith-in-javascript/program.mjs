// An agent traced by wrappers; a tool that fails; a graph of LangGraph; a user's thumb afterwards.
import { awaitAllCallbacks } from "@langchain/core/callbacks/promises";
import { tool as toolOf } from "@langchain/core/tools";
import { createReactAgent } from "@langchain/langgraph/prebuilt";
import { ChatOpenAI } from "@langchain/openai";
import { Client } from "langsmith";
import { traceable } from "langsmith/traceable";
import { wrapOpenAI } from "langsmith/wrappers";
import OpenAI from "openai";
import { z } from "zod";
import { MODEL, QUESTION, converse, getWeather } from "./weather.mjs";

const client = new Client();
const model = wrapOpenAI(new OpenAI(), { client });
const tool = traceable(getWeather, { name: "get_weather", run_type: "tool", client });
const id = crypto.randomUUID();
const metadata = { session_id: "thread-1", user_id: "user-1", plan: "free" };
const agent = traceable((question) => converse(model, question, tool), {
  name: "weather_agent",
  tags: ["demo"],
  metadata,
  client,
  id,
});
const broken = traceable(
  async (city) => {
    throw new Error(`There is no city ${city}.`);
  },
  { name: "broken", run_type: "tool", client },
);

console.log(await agent(QUESTION));
await broken("Atlantis").catch((error) => console.log(error.message));
const weather = toolOf(getWeather, {
  name: "get_weather",
  description: "Tells the weather of a city.",
  schema: z.object({ city: z.string() }),
});
const graph = createReactAgent({ llm: new ChatOpenAI({ model: MODEL }), tools: [weather], name: "weather_graph" });
await graph.invoke({ messages: [["user", QUESTION]] }, { metadata: { thread_id: "thread-2" } });
await awaitAllCallbacks();
await client.awaitPendingTraceBatches();
await client.createFeedback(id, "thumbs", { score: 1, comment: "good" });
