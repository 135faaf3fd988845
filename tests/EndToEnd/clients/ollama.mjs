// Drives the official Ollama client against BASE_URL: node ollama.mjs http://127.0.0.1:18789 MODEL
import { Ollama } from 'ollama';
import { report, reportFailure, target } from './report.mjs';

const { base, model } = target();
const token = process.env.APPLIANCE_GATEWAY_TOKEN;
const client = new Ollama({ host: base, headers: token ? { Authorization: `Bearer ${token}` } : undefined });
const messages = [{ role: 'user', content: 'Tell me a story about a dog.' }];
const options = { temperature: 0, num_predict: 24 };

report('version', await client.version());
report('tags', { models: (await client.list()).models.map(({ name, size, digest, details }) => ({ name, size, digest, details })) });
{
  const { license, details, model_info, capabilities } = await client.show({ model });
  report('show', { license, details, model_info, capabilities });
}

const chat = await client.chat({ model, messages, options });
const { message, done, done_reason, total_duration, prompt_eval_count, prompt_eval_duration, eval_count, eval_duration } = chat;
report('chat', { text: message.content, role: message.role, done, done_reason, total_duration, prompt_eval_count, prompt_eval_duration, eval_count, eval_duration });
report('ps', { names: (await client.ps()).models.map((m) => m.name) });

{
  const seen = { text: '', lines: 0, done_reason: null };
  for await (const part of await client.chat({ model, messages, options, stream: true })) {
    seen.lines++;
    seen.text += part.message.content;
    seen.done_reason = part.done_reason ?? null;
  }
  report('chat-stream', seen);
}

const generated = await client.generate({ model, prompt: 'Once upon a time', options, raw: true });
report('generate', { text: generated.response, done: generated.done, done_reason: generated.done_reason, eval_count: generated.eval_count });

{
  const seen = { text: '', lines: 0 };
  for await (const part of await client.generate({ model, prompt: 'Once upon a time', options, raw: true, stream: true })) {
    seen.lines++;
    seen.text += part.response;
  }
  report('generate-stream', seen);
}

{
  const { model: name, embeddings, total_duration, prompt_eval_count } = await client.embed({ model: 'tiny-bert', input: ['The dog walked.', 'the cat'] });
  report('embed', { name, count: embeddings.length, length: embeddings[0].length, total_duration, prompt_eval_count, vector: embeddings[0] });
  const { embedding } = await client.embeddings({ model: 'tiny-bert', prompt: 'The dog walked.' });
  report('embeddings', { length: embedding.length, vector: embedding });
  report('show-embedder', { capabilities: (await client.show({ model: 'tiny-bert' })).capabilities });
}

const describe = ({ status_code }) => ({ status: status_code });
await reportFailure('unknown-model', () => client.chat({ model: 'no-such-model', messages, options }), describe);
await reportFailure('negative-temperature', () => client.chat({ model, messages, options: { temperature: -1 } }), describe);
await reportFailure('format', () => client.chat({ model, messages, options, format: 'json' }), describe);

{
  // A tiny model may be done before it hears of this; then there is no error, and the client gets what was on its way.
  const stream = await client.generate({ model, prompt: 'Once upon a time', options: { temperature: 0 }, raw: true, stream: true });
  const seen = { lines: 0, error: null };
  try {
    for await (const part of stream) {
      if (part.response) {
        seen.lines++;
        stream.abort();
      }
    }
  } catch (error) {
    seen.error = error.name;
  }
  report('abort', seen);
}
const after = await client.chat({ model, messages, options });
report('after-abort', { same: after.message.content === chat.message.content });
