// Drives the official Anthropic client against BASE_URL: node anthropic.mjs http://127.0.0.1:18789 MODEL
import Anthropic from '@anthropic-ai/sdk';
import { report, reportFailure, target } from './report.mjs';

const { base, model } = target();
const client = new Anthropic({ baseURL: base, apiKey: process.env.APPLIANCE_GATEWAY_TOKEN ?? 'none', maxRetries: 0 });
const messages = [{ role: 'user', content: 'Tell me a story about a dog.' }];
const greedy = { model, temperature: 0, max_tokens: 24 };
const tools = [{
  name: 'set_light', description: 'Sets the light',
  input_schema: { type: 'object', properties: { on: { type: 'boolean' }, level: { type: 'integer', minimum: 0, maximum: 100 } }, required: ['on', 'level'] },
}];

const ids = [];
for await (const entry of client.models.list()) ids.push(entry.id);
report('models', { ids });

const whole = await client.messages.create({ ...greedy, messages });
report('message', { text: whole.content[0]?.text ?? '', role: whole.role, stop_reason: whole.stop_reason, usage: whole.usage });
report('count', { tokens: (await client.messages.countTokens({ model, messages })).input_tokens });

{
  const types = [];
  let text = '';
  const stream = client.messages.stream({ ...greedy, messages });
  stream.on('streamEvent', (event) => types.push(event.type));
  stream.on('text', (delta) => { text += delta; });
  const final = await stream.finalMessage();
  report('stream', { text, types: [...new Set(types)], accumulated: final.content[0]?.text ?? '', stop_reason: final.stop_reason, usage: final.usage });
}

{
  // The client puts the deltas of the arguments together itself.
  const asked = { model, max_tokens: 400, messages, tools, tool_choice: { type: 'any', disable_parallel_tool_use: true } };
  const final = await client.messages.stream(asked).finalMessage();
  const use = final.content.find((block) => block.type === 'tool_use');
  report('tool', { stop_reason: final.stop_reason, name: use?.name, input: use?.input });
  const answered = await client.messages.create({
    ...greedy, tools, tool_choice: { type: 'none' },
    messages: [...messages, { role: 'assistant', content: [use] }, { role: 'user', content: [{ type: 'tool_result', tool_use_id: use.id, content: 'done' }] }],
  });
  report('tool-result', { stop_reason: answered.stop_reason, input_tokens: answered.usage.input_tokens + answered.usage.cache_read_input_tokens });
}

const describe = ({ status, error, requestID }) => ({ status, type: error?.error?.type, request: !!requestID });
await reportFailure('unknown-model', () => client.messages.create({ ...greedy, model: 'claude', messages }), describe);
await reportFailure('prefill', () => client.messages.create({ ...greedy, messages: [...messages, { role: 'assistant', content: 'Once' }] }), describe);
await reportFailure('stream-unknown-model', () => client.messages.stream({ ...greedy, model: 'claude', messages }).finalMessage(), describe);

{
  const stream = client.messages.stream({ ...greedy, max_tokens: 400, messages });
  stream.on('text', () => stream.abort());
  let aborted = false;
  try { await stream.finalMessage(); } catch (error) { aborted = error instanceof Anthropic.APIUserAbortError; }
  report('abort', { aborted });
}
const after = await client.messages.create({ ...greedy, messages });
report('after-abort', { same: (after.content[0]?.text ?? '') === (whole.content[0]?.text ?? '') });
