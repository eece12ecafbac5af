// An agent traced by wrappers; a tool that fails; a graph of LangGraph; a user's thumb afterwards; a queue that is worked through.
import assert from "node:assert/strict";
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

const all = async (list) => {
  const found = [];
  for await (const one of list) found.push(one);
  return found;
};
const listed = async (runs) => (await all(runs)).map((run) => run.id);
const run = await client.readRun(id);
const queue = await client.createAnnotationQueue({
  name: "Of JavaScript",
  rubricInstructions: "Read it all.",
  rubricItems: [{ feedback_key: "grade", is_required: true }],
});
await client.addRunsToAnnotationQueue(queue.id, [id]);
await client.addRunsToAnnotationQueue(queue.id, [
  { runId: id, sessionId: run.session_id, startTime: run.start_time },
]);
assert.deepEqual(await listed(client.listRunsFromAnnotationQueue(queue.id)), [id]);
const first = await client.getRunFromAnnotationQueue(queue.id, 0);
assert.deepEqual([first.id, first.inputs], [id, run.inputs]);
await client.annotationQueues.createRunStatus(first.queue_run_id, { status: "viewed" });
const held = await client.annotationQueues.retrieveRun(0, { queue_id: queue.id });
assert.equal(held.reserved_by.length, 1);
await assert.rejects(client.annotationQueues.createRunStatus(first.queue_run_id, { status: "completed" }), /grade/);
await client.createFeedback(id, "grade", { score: 0.5 });
await client.annotationQueues.createRunStatus(first.queue_run_id, { status: "completed" });
assert.deepEqual(await listed(client.listRunsFromAnnotationQueue(queue.id, { status: "needs_my_review" })), []);
assert.deepEqual(await listed(client.listRunsFromAnnotationQueue(queue.id, { status: "completed" })), [id]);
assert.equal((await client.annotationQueues.retrieveTotalArchived(queue.id)).size, 1);
const items = await all(client.annotationQueues.items.list(queue.id, { status: "archived" }));
assert.deepEqual(items.map((item) => [item.item_type, item.run_id]), [["RUN", id]]);
const table = await client.annotationQueues.export(queue.id, {});
assert.ok(String(table).includes(id), String(table));
await client.updateAnnotationQueue(queue.id, { description: "of the test" });
const read = await client.readAnnotationQueue(queue.id);
assert.deepEqual([read.description, read.rubric_items[0].feedback_key], ["of the test", "grade"]);
assert.deepEqual(await listed(client.listAnnotationQueues({ name: "Of JavaScript" })), [queue.id]);
const brief = await client.createAnnotationQueue({ name: "For a moment" });
await client.addRunsToAnnotationQueue(brief.id, [id]);
await client.deleteRunFromAnnotationQueue(brief.id, id);
assert.deepEqual(await listed(client.listRunsFromAnnotationQueue(brief.id)), []);
await client.deleteAnnotationQueue(brief.id);
await assert.rejects(client.readAnnotationQueue(brief.id));
