// Drives the tools of the official OpenAI (chat) and Ollama clients against BASE_URL: node tools.mjs http://127.0.0.1:18789 MODEL
import { Ollama } from 'ollama';
import OpenAI from 'openai';
import { report, reportFailure, target } from './report.mjs';

const { base, model } = target();
const openai = new OpenAI({ baseURL: `${base}/v1`, apiKey: 'none', maxRetries: 0 });
const parameters = { type: 'object', properties: { on: { type: 'boolean' }, level: { type: 'integer', minimum: 0, maximum: 100 } }, required: ['on', 'level'], additionalProperties: false };
const light = { type: 'function', function: { name: 'set_light', description: 'Sets the light.', parameters } };
const time = { type: 'function', function: { name: 'time', description: 'The time.', parameters: { type: 'object', properties: {} } } };
const ask = { model, temperature: 0, max_tokens: 200, messages: [{ role: 'user', content: 'Turn the light on.' }], tools: [time, light] };
const forced = { ...ask, tool_choice: { type: 'function', function: { name: 'set_light' } } };

const whole = (await openai.chat.completions.create(forced)).choices[0];
const [call] = whole.message.tool_calls;
report('openai-forced', { name: call.function.name, arguments: JSON.parse(call.function.arguments), finish_reason: whole.finish_reason });
{
  // The client's own accumulator, which is strict about the shape of deltas.
  const final = (await openai.chat.completions.stream(forced).finalChatCompletion()).choices[0];
  report('openai-forced-stream', { name: final.message.tool_calls[0].function.name, arguments: JSON.parse(final.message.tool_calls[0].function.arguments), finish_reason: final.finish_reason });
}
{
  const any = (await openai.chat.completions.create({ ...ask, tool_choice: 'required' })).choices[0];
  report('openai-required', { names: any.message.tool_calls.map((c) => c.function.name) });
}
const result = [...ask.messages, whole.message, { role: 'tool', tool_call_id: call.id, content: 'the light is on' }];
report('openai-result', { role: (await openai.chat.completions.create({ ...ask, max_tokens: 8, messages: result, tool_choice: 'none' })).choices[0].message.role });
const describe = ({ status, status_code, param }) => ({ status: status ?? status_code, param });
await reportFailure('openai-unknown-tool', () => openai.chat.completions.create({ ...ask, tool_choice: { type: 'function', function: { name: 'no_such_tool' } } }), describe);

const ollama = new Ollama({ host: base });
const chat = { model, options: { temperature: 0, num_predict: 16 }, messages: ask.messages, tools: [time, light] };
const shape = (message) => ({ role: message.role, calls: (message.tool_calls ?? []).map((c) => ({ name: c.function.name, kind: typeof c.function.arguments })) });
{
  const { message, done } = await ollama.chat(chat);
  report('ollama-tools', { ...shape(message), done });
  const told = [...chat.messages, { role: 'assistant', content: '', tool_calls: [{ function: { name: 'set_light', arguments: { on: true, level: 50 } } }] }, { role: 'tool', tool_name: 'set_light', content: 'the light is on' }];
  const after = await ollama.chat({ ...chat, messages: told });
  report('ollama-result', { ...shape(after.message), done: after.done, more: after.prompt_eval_count > (await ollama.chat({ ...chat, messages: told.slice(0, 1) })).prompt_eval_count });
  const seen = { parts: 0, calls: [], done: false };
  for await (const part of await ollama.chat({ ...chat, messages: told, stream: true })) {
    seen.parts++;
    seen.calls.push(...shape(part.message).calls);
    seen.done = part.done;
  }
  report('ollama-stream', seen);
}
await reportFailure('ollama-nameless-tool', () => ollama.chat({ ...chat, tools: [{ type: 'function', function: { description: 'nothing' } }] }), describe);
