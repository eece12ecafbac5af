// The same agent as weather.py.
export const QUESTION = "What is the weather in Paris and Tokyo?";
export const MODEL = "gpt-4o-mini";
export const TOOLS = [
  {
    type: "function",
    function: {
      name: "get_weather",
      description: "Tells the weather of a city.",
      parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
    },
  },
];

export const getWeather = async ({ city }) => ({ Paris: "18C and sunny", Tokyo: "24C and raining" })[city];

export const converse = async (client, question, tool = getWeather) => {
  const messages = [
    { role: "system", content: "You are a weather assistant." },
    { role: "user", content: question },
  ];
  for (;;) {
    const said = (await client.chat.completions.create({ model: MODEL, messages, tools: TOOLS })).choices[0].message;
    if (!said.tool_calls) return said.content;
    messages.push(said);
    for (const call of said.tool_calls) {
      const content = await tool(JSON.parse(call.function.arguments));
      messages.push({ role: "tool", tool_call_id: call.id, content });
    }
  }
};
