// Drives the official OpenAI client against BASE_URL: node openai.mjs http://127.0.0.1:18789 MODEL
import OpenAI from 'openai';
import { report, reportFailure, target } from './report.mjs';

const { base, model } = target();
const client = new OpenAI({ baseURL: `${base}/v1`, apiKey: process.env.APPLIANCE_GATEWAY_TOKEN ?? 'none', maxRetries: 0 });
const messages = [{ role: 'user', content: 'Tell me a story about a dog.' }];
const greedy = { model, temperature: 0, max_tokens: 24 };

const ids = [];
for await (const entry of client.models.list()) ids.push(entry.id);
report('models', { ids });
report('model', { id: (await client.models.retrieve(model)).id });

const chat = await client.chat.completions.create({ ...greedy, messages });
report('chat', { text: chat.choices[0].message.content, role: chat.choices[0].message.role, finish_reason: chat.choices[0].finish_reason, usage: chat.usage });

{
  const seen = { text: '', events: 0, finish_reason: null, usage: null };
  const stream = await client.chat.completions.create({ ...greedy, messages, stream: true, stream_options: { include_usage: true } });
  for await (const chunk of stream) {
    seen.events++;
    seen.text += chunk.choices[0]?.delta.content ?? '';
    seen.finish_reason = chunk.choices[0]?.finish_reason ?? seen.finish_reason;
    seen.usage = chunk.usage ?? seen.usage;
  }
  report('chat-stream', seen);
}

{
  // The client's own accumulator, which is strict about the shape of events.
  const final = await client.chat.completions.stream({ ...greedy, messages }).finalChatCompletion();
  report('chat-accumulated', { text: final.choices[0].message.content, finish_reason: final.choices[0].finish_reason });
}

const completion = await client.completions.create({ ...greedy, prompt: 'Once upon a time' });
report('completion', { text: completion.choices[0].text, finish_reason: completion.choices[0].finish_reason, usage: completion.usage });

{
  const seen = { text: '', finish_reason: null };
  for await (const chunk of await client.completions.create({ ...greedy, prompt: 'Once upon a time', stream: true })) {
    seen.text += chunk.choices[0]?.text ?? '';
    seen.finish_reason = chunk.choices[0]?.finish_reason ?? seen.finish_reason;
  }
  report('completion-stream', seen);
}

const several = await client.completions.create({ ...greedy, prompt: ['Once', 'The dog'], echo: true, max_tokens: 4 });
report('completion-several', { texts: several.choices.map((c) => c.text), indexes: several.choices.map((c) => c.index) });

{
  // The client asks for base64 by itself and decodes it; the built-in embedder is there with any model.
  const input = ['The battery lasts nine hours.', 'How long does the battery last?', 'Breakfast is at nine.'];
  const { data, model: name, usage } = await client.embeddings.create({ model: 'hash-1024', input });
  const floats = await client.embeddings.create({ model: 'hash-1024', input, encoding_format: 'float' });
  const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);
  const [stored, query, other] = data.map((d) => d.embedding);
  report('embeddings', {
    name, usage, indexes: data.map((d) => d.index), length: stored.length, near: dot(query, stored), far: dot(query, other),
    same: floats.data.every((d, i) => d.embedding.every((x, j) => Math.abs(x - data[i].embedding[j]) < 1e-7)),
  });
  const short = await client.embeddings.create({ model: 'hash-1024', input: 'x', dimensions: 64 });
  report('embeddings-short', { length: short.data[0].embedding.length });
}

const describe = ({ status, code, param, type }) => ({ status, code, param, type });
await reportFailure('unknown-model', () => client.chat.completions.create({ ...greedy, model: 'no-such-model', messages }), describe);
await reportFailure('embeddings-of-a-decoder', () => client.embeddings.create({ model, input: 'x' }), describe);
await reportFailure('chat-with-an-embedder', () => client.chat.completions.create({ ...greedy, model: 'tiny-bert', messages }), describe);
await reportFailure('negative-max-tokens', () => client.chat.completions.create({ ...greedy, max_tokens: -1, messages }), describe);
await reportFailure('negative-max-tokens-stream', () => client.chat.completions.create({ ...greedy, max_tokens: -1, messages, stream: true }), describe);

{
  // A tiny model may be done before it hears of this; then the client still gets what was on its way.
  const stream = await client.chat.completions.create({ ...greedy, max_tokens: null, messages, stream: true });
  let events = 0;
  for await (const chunk of stream) {
    if (chunk.choices[0]?.delta.content) {
      events++;
      stream.controller.abort();
    }
  }
  report('abort', { events });
}
const after = await client.chat.completions.create({ ...greedy, messages });
report('after-abort', { same: after.choices[0].message.content === chat.choices[0].message.content });
