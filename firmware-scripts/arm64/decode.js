// decode.js FOLDER PROMPT COUNT: continues a prompt (a JSON array of tokens) greedily with the model in FOLDER, by ONNX Runtime's own binding for
// Node and nothing of ours; prints the processor's architecture and the tokens. What it shows is that the folder runs on that architecture.
const ort = require('onnxruntime-node');
const fs = require('fs');
const path = require('path');

async function main([folder, promptText, countText]) {
  const { decoder } = JSON.parse(fs.readFileSync(path.join(folder, 'genai_config.json'), 'utf8')).model;
  const session = await ort.InferenceSession.create(path.join(folder, decoder.filename), { intraOpNumThreads: 1 });
  const past = {};
  for (let layer = 0; layer < decoder.num_hidden_layers; layer++) {
    for (const kind of ['key', 'value']) {
      past[`past_key_values.${layer}.${kind}`] = new ort.Tensor('float32', new Float32Array(0), [1, decoder.num_key_value_heads, 0, decoder.head_size]);
    }
  }
  let next = JSON.parse(promptText);
  let length = 0;
  const tokens = [];
  while (tokens.length < Number(countText)) {
    length += next.length;
    const result = await session.run({
      ...past,
      input_ids: new ort.Tensor('int64', BigInt64Array.from(next.map(BigInt)), [1, next.length]),
      attention_mask: new ort.Tensor('int64', new BigInt64Array(length).fill(1n), [1, length]),
    });
    const { data, dims } = result.logits;
    const last = data.slice(data.length - dims[dims.length - 1]);
    next = [last.indexOf(Math.max(...last))];
    tokens.push(next[0]);
    for (const name of Object.keys(past)) past[name] = result[name.replace('past_key_values', 'present')];
  }
  console.log(JSON.stringify({ arch: process.arch, tokens }));
}

main(process.argv.slice(2)).catch(error => {
  console.error(error);
  process.exit(1);
});
