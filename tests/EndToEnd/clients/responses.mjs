// Drives the official OpenAI client's responses against BASE_URL: node responses.mjs http://127.0.0.1:18789 MODEL
import OpenAI from 'openai';
import { report, reportFailure, target } from './report.mjs';

const { base, model } = target();
const client = new OpenAI({ baseURL: `${base}/v1`, apiKey: process.env.APPLIANCE_GATEWAY_TOKEN ?? 'none', maxRetries: 0 });
const input = 'Tell me a story about a dog.';
const greedy = { model, temperature: 0, max_output_tokens: 24 };
const parameters = {
  type: 'object', properties: { on: { type: 'boolean' }, level: { type: 'integer', minimum: 0, maximum: 100 } }, required: ['on', 'level'], additionalProperties: false,
};
const tools = [{ type: 'function', name: 'set_light', parameters, strict: true }];

const whole = await client.responses.create({ ...greedy, input });
report('response', { text: whole.output_text, status: whole.status, reason: whole.incomplete_details?.reason ?? null, usage: whole.usage });

{
  const types = [];
  let last = -1, ordered = true;
  const stream = client.responses.stream({ ...greedy, input });
  stream.on('event', (event) => {
    types.push(event.type);
    ordered &&= event.sequence_number === last + 1;
    last = event.sequence_number;
  });
  const final = await stream.finalResponse();
  report('stream', { text: final.output_text, types: [...new Set(types)], ordered, status: final.status });
}

{
  const seen = { text: '' };
  for await (const event of await client.responses.create({ ...greedy, input, stream: true })) {
    if (event.type === 'response.output_text.delta') seen.text += event.delta;
  }
  report('stream-raw', seen);
}

{
  const asked = { model, max_output_tokens: 400, input, tools, tool_choice: 'required', parallel_tool_calls: false };
  const called = await client.responses.create(asked);
  const call = called.output.find((item) => item.type === 'function_call');
  report('tool', { name: call?.name, arguments: JSON.parse(call?.arguments ?? 'null'), status: call?.status });
  const streamed = await client.responses.stream(asked).finalResponse();
  report('tool-stream', { types: streamed.output.map((item) => item.type), arguments: JSON.parse(streamed.output.find((item) => item.type === 'function_call').arguments) });
  const answered = await client.responses.create({
    ...greedy, tools, tool_choice: 'auto', previous_response_id: called.id, input: [{ type: 'function_call_output', call_id: call.call_id, output: 'done' }],
  });
  report('tool-result', { previous: answered.previous_response_id === called.id, more: answered.usage.input_tokens > called.usage.input_tokens });
}

const structured = await client.responses.create({ model, max_output_tokens: 400, input, text: { format: { type: 'json_schema', name: 'light', strict: true, schema: parameters } } });
report('structured', { value: JSON.parse(structured.output_text) });

report('retrieve', { same: (await client.responses.retrieve(whole.id)).output_text === whole.output_text });
await client.responses.delete(whole.id);
const describe = ({ status, code, param, type }) => ({ status, code, param, type });
await reportFailure('retrieve-deleted', () => client.responses.retrieve(whole.id), describe);
await reportFailure('unknown-model', () => client.responses.create({ ...greedy, model: 'gpt-9', input }), describe);
await reportFailure('unknown-previous', () => client.responses.create({ ...greedy, previous_response_id: 'resp_0', input }), describe);
await reportFailure('stream-unknown-model', () => client.responses.stream({ ...greedy, model: 'gpt-9', input }).finalResponse(), describe);
