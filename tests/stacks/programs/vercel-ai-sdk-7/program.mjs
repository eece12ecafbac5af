// An agent of the AI SDK in a request of the application's own; a streamed call; one that fails.
import { OpenTelemetry } from "@ai-sdk/otel";
import { createOpenAI } from "@ai-sdk/openai";
import { trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { generateText, isStepCount, registerTelemetry, streamText, tool } from "ai";
import { z } from "zod";
import { MODEL, QUESTION, getWeather } from "./weather.mjs";

const sdk = new NodeSDK({ traceExporter: new OTLPTraceExporter() });
sdk.start();
registerTelemetry(new OpenTelemetry());

const model = createOpenAI().chat(MODEL);
const telemetry = { functionId: "weather_agent" };
const get_weather = tool({
  description: "Tells the weather of a city.",
  inputSchema: z.object({ city: z.string() }),
  execute: getWeather,
});
const about = { "session.id": "thread-1", "user.id": "user-1" };
await trace.getTracer("app").startActiveSpan("POST /chat", { attributes: about }, async (span) => {
  const asked = { model, instructions: "You are a weather assistant.", prompt: QUESTION, telemetry };
  console.log((await generateText({ ...asked, tools: { get_weather }, stopWhen: isStepCount(4) })).text);
  span.end();
});
console.log(await streamText({ model, prompt: "What is the weather in Rome?", telemetry }).text);
await generateText({ model, prompt: "Please fail.", maxRetries: 0, telemetry }).catch((error) => console.log(error.message));
await sdk.shutdown();
