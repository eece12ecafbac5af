// An agent of the AI SDK, watched by the SDK's own telemetry; a streamed call; one that fails.
import { createOpenAI } from "@ai-sdk/openai";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { generateText, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";
import { MODEL, QUESTION, getWeather } from "./weather.mjs";

const sdk = new NodeSDK({ traceExporter: new OTLPTraceExporter() });
sdk.start();

const model = createOpenAI().chat(MODEL);
const metadata = { sessionId: "thread-1", userId: "user-1", tags: ["demo"], plan: "free" };
const experimental_telemetry = { isEnabled: true, functionId: "weather_agent", metadata };
const get_weather = tool({
  description: "Tells the weather of a city.",
  inputSchema: z.object({ city: z.string() }),
  execute: getWeather,
});
const asked = { model, system: "You are a weather assistant.", prompt: QUESTION, experimental_telemetry };
console.log((await generateText({ ...asked, tools: { get_weather }, stopWhen: stepCountIs(4) })).text);
console.log(await streamText({ model, prompt: "What is the weather in Rome?", experimental_telemetry }).text);
await generateText({ model, prompt: "Please fail.", maxRetries: 0, experimental_telemetry }).catch((error) =>
  console.log(error.message),
);
await sdk.shutdown();
