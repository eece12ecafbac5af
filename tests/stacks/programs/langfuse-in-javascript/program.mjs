// An agent traced by wrappers; a tool that fails; a user's thumb afterwards.
import { LangfuseClient } from "@langfuse/client";
import { observeOpenAI } from "@langfuse/openai";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import { getActiveTraceId, observe, propagateAttributes } from "@langfuse/tracing";
import { NodeSDK } from "@opentelemetry/sdk-node";
import OpenAI from "openai";
import { QUESTION, converse, getWeather } from "./weather.mjs";

const sdk = new NodeSDK({ spanProcessors: [new LangfuseSpanProcessor()] });
sdk.start();

const model = observeOpenAI(new OpenAI());
const tool = observe(getWeather, { name: "get_weather", asType: "tool" });
let traceId;
const agent = observe(
  async (question) => {
    traceId = getActiveTraceId();
    return converse(model, question, tool);
  },
  { name: "weather_agent", asType: "agent" },
);
const broken = observe(
  async (city) => {
    throw new Error(`There is no city ${city}.`);
  },
  { name: "broken", asType: "tool" },
);

const about = { sessionId: "thread-1", userId: "user-1", tags: ["demo"], metadata: { plan: "free" } };
console.log(await propagateAttributes(about, () => agent(QUESTION)));
await broken("Atlantis").catch((error) => console.log(error.message));
const langfuse = new LangfuseClient();
langfuse.score.create({ traceId, name: "thumbs", value: 1, comment: "good" });
await langfuse.flush();
await sdk.shutdown();
