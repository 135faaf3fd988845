// Writes hf-tokenizers.json: what HF tokenizers (its own Rust code, as npm publishes it) makes of awkward texts. The tokenizers
// are made here, small, one per family; the well-known regexes are asked about directly.
// Run: npm install tokenizers@0.23.2 in some folder, then NODE_PATH=that/node_modules node hf-tokenizers.mjs
import { createHash } from 'node:crypto';
import { readFileSync, existsSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
const { Tokenizer } = createRequire(import.meta.url)('tokenizers');

const texts = [
  '', ' ', '  ', '   a', 'a   ', '\n', ' \n ', '\n\n\na', '\r\n \r\n\t', 'a\u00a0b', 'a \u00a0 b', 'a\u3000\u3000b', 'a\u0085\u2028b', 'a\u200bb\u200d\u00adb', '\ttab\tand  spaces ',
  'Hello world', ' Hello, world! How are you?', "I'm you're WE'VE he'LL 'S 'd it'S'", "don't DON'T 'tis 'twas l'été", "'\u017f '\u212a x'\u017f", "''s '' s", "'", "a'",
  '0123456789 1 12 123 1234 3.14 1,000', '٠١٢٣ ²³¹ ⅧⅨ ½ 1२3', 'a1b22c333d4444', 'HTMLParser parseHTML camelCaseWords XMLHttpRequest ABC abc Abc aBC ABCdef', 'ǅungla ǅ ʰaʰ ªº',
  '你好，世界！ こんにちは 안녕하세요', 'мир Привет ΑΒΓ αβγς', 'हिन्दी ไทย ខ្មែរ ﷺ', 'e\u0301a\u0308 \u0301 \u0301\u0302 a\u0301\u0302B\u0303c', '\u0301ABC \u0301abc \u0903ABC', 'é à ç ñ Å İ ß ﬁ ½ ① Ⅷ ㎏ ｶﾞ',
  '𝒜𝒷 𝔘𝔫𝔦 𐐀𐐁𐐨𐐩 𠀀𠀁 𝟘𝟙𝟚 𞤀𞤢', '🚀 🦙.cpp 👩‍👩‍👧‍👦 🇩🇪 ✅✅', '/path/to/file.txt //comment\n/* x */', 'a!!!\n\n?!\r\n;;/\n/', '... --- === ### <<>> $$ ++ ^^ || ~~ ``', 'x = y + 1;  // done\n\tif (a && b) { }\n',
  'under_score __init__ a_1', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', '▁a▁▁b', 'the theory of the thermometer then there', 'lower lowest newer newest wider widest',
  '<s>', ' <s> ', 'a<s>b</s>c', 'a <mask> b', 'x<mask>', '  <mask>  ', 'a  <pad>  b', '<word> a<word> <word>b <word>.', 'New York new york NEWYORK', '<s><mask></s> <pad><pad>', '[CLS] [MASK] [SEP] hello',
  'unaffable running Ünäffäble \u0378 \ue000 \ufffd x\u0000y\u000bz', '1 a.b,c!d?', 'ab\u0300\u0301\u0316c', 'ÀÉ naïve café', '\ufeffbom', 'tab\there', 'e\u0301́\u0327',
];

// --- byte-pair training, plain and slow, to have vocabularies to speak of
function train(words, merges) {
  const list = [];
  let split = words.map(w => [...w]);
  while (list.length < merges) {
    const counts = new Map();
    for (const w of split) for (let i = 0; i + 1 < w.length; i++) { const k = JSON.stringify([w[i], w[i + 1]]); counts.set(k, (counts.get(k) ?? 0) + 1); }
    let best = null;
    for (const [k, n] of counts) if (n > 1 && (!best || n > best[1])) best = [k, n];
    if (!best) break;
    const [a, b] = JSON.parse(best[0]);
    list.push([a, b]);
    split = split.map(w => { const out = []; for (let i = 0; i < w.length; i++) { if (w[i] === a && w[i + 1] === b) { out.push(a + b); i++; } else out.push(w[i]); } return out; });
  }
  return list;
}
const alphabet = (() => { // of byte-level tokenizers
  const bytes = []; let next = 256;
  for (let b = 0; b < 256; b++) bytes.push(String.fromCodePoint((b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174 ? b : next++));
  return bytes;
})();
const spell = s => [...Buffer.from(s)].map(b => alphabet[b]).join('');
const corpus = texts.filter(t => !t.includes('<')).join(' ') + ' hello hello world world the the there then lower lowest newer newest hello    world     !!!! ???? 1234 1234 2000 2000 été été 你好 你好 🚀🚀';
const words = corpus.match(/ ?\S+|\s+/g);
const ids = tokens => Object.fromEntries(tokens.map((t, i) => [t, i]));
const vocabulary = (base, merges) => ids([...new Set([...base, ...merges.map(([a, b]) => a + b)])]);

const added = (list, from) => list.map(([content, options], i) => ({ id: from + i, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true, ...options }));
const marks = [['<s>', {}], ['</s>', {}], ['<mask>', { lstrip: true }], ['<pad>', { rstrip: true }], ['<word>', { single_word: true, special: false }], ['new york', { normalized: true, special: false }]];
const bpe = (vocab, merges, options) => ({ type: 'BPE', dropout: null, unk_token: null, continuing_subword_prefix: null, end_of_word_suffix: null, fuse_unk: false, byte_fallback: false, ignore_merges: false, vocab, merges, ...options });
const file = parts => ({ version: '1.0', truncation: null, padding: null, added_tokens: [], normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null, ...parts });
const template = (vocab, before, after) => ({
  type: 'TemplateProcessing',
  single: [...before.map(([t]) => ({ SpecialToken: { id: t, type_id: 0 } })), { Sequence: { id: 'A', type_id: 0 } }, ...after.map(([t]) => ({ SpecialToken: { id: t, type_id: 0 } }))],
  pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
  special_tokens: Object.fromEntries([...before, ...after].map(([t, id]) => [t, { id: t, ids: [id], tokens: [t] }])),
});

const regexes = {
  gpt2: String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
  gpt2AsTiktoken: String.raw`'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
  qwen2: String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  qwen35: String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  llama3: String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  cl100kAsTiktoken: String.raw`'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+`,
  o200k: String.raw`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  tekken: String.raw`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
};
const split = (regex, behavior = 'Isolated', invert = false) => ({ type: 'Split', pattern: { Regex: regex }, behavior, invert });
const byteLevel = (options = {}) => ({ type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true, ...options });
const sequence = (...pretokenizers) => ({ type: 'Sequence', pretokenizers });
const space = '\u2581';

// --- tokenizers
const byteMerges = train(words.map(spell), 300);
const byteVocabulary = vocabulary(alphabet, byteMerges);
const byteSize = Object.keys(byteVocabulary).length;
const [bos, eos] = [['<s>', byteSize], ['</s>', byteSize + 1]];
const pieceMerges = train((space + corpus.replaceAll(' ', space)).match(new RegExp(`${space}*[^${space}]+`, 'g')), 300);
const byteTokens = [...Array(256).keys()].map(b => `<0x${b.toString(16).toUpperCase().padStart(2, '0')}>`);
const pieceBase = ['<unk>', '<s>', '</s>', ...byteTokens, ...[...new Set(space + corpus.replace(/[^ -~éа-я]/g, '').replaceAll(' ', space))]];
const pieceVocabulary = vocabulary(pieceBase, pieceMerges.filter(([a, b]) => [...a + b].every(c => pieceBase.includes(c))));
const pieceMergesKept = pieceMerges.filter(([a, b]) => [...a + b].every(c => pieceBase.includes(c)));
const pieceSize = Object.keys(pieceVocabulary).length;
const pieceMarks = added([['<unk>', {}], ['<s>', {}], ['</s>', {}]], 0).concat(added(marks.slice(2, 5), pieceSize));
const noBytes = vocabulary(pieceBase.filter(t => !byteTokens.includes(t)), pieceMergesKept);
const noBytesMarks = added([['<unk>', { normalized: true }], ['<s>', { normalized: true }], ['</s>', { normalized: true }]], 0);
const normalizeSpaces = { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: space }, { type: 'Replace', pattern: { String: ' ' }, content: space }] };
const decodeSpaces = { type: 'Sequence', decoders: [{ type: 'Replace', pattern: { String: space }, content: ' ' }, { type: 'ByteFallback' }, { type: 'Fuse' }, { type: 'Strip', content: ' ', start: 1, stop: 0 }] };
const wordPieces = ids(['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'hello', 'world', 'un', '##aff', '##able', 'run', '##ning', 'a', 'b', 'c', '##a', '##b', '##c', '.', ',', '!', '?', "'", 's', 'm', 'i', 't', 'don', 'how', 'are', 'you', 're', 'the', '##ory', '##re', '##n', 'of', '你', '好', '世', 'new', '##er', '##est', 'low', 'cafe', 'na', '##ive', '1', '12', '##3', '##4', 'e', 'ete', 'l', 'york', 'x', 'y', 'z']);

const tokenizers = {
  gpt2: file({ added_tokens: added(marks, byteSize), pre_tokenizer: byteLevel({ add_prefix_space: true }), post_processor: { type: 'RobertaProcessing', sep: eos, cls: bos, trim_offsets: true, add_prefix_space: true }, decoder: byteLevel(), model: bpe(byteVocabulary, byteMerges.map(m => m.join(' '))) }),
  llama3: file({ added_tokens: added(marks, byteSize), pre_tokenizer: sequence(split(regexes.llama3), byteLevel({ use_regex: false })), post_processor: { type: 'Sequence', processors: [byteLevel(), template(byteVocabulary, [bos], [])] }, decoder: byteLevel(), model: bpe(byteVocabulary, byteMerges.slice(0, 150), { ignore_merges: true, vocab: byteVocabulary }) }),
  qwen: file({ added_tokens: added(marks, byteSize), normalizer: { type: 'NFC' }, pre_tokenizer: sequence(split(regexes.qwen2), byteLevel({ use_regex: false })), post_processor: byteLevel(), decoder: byteLevel(), model: bpe(byteVocabulary, byteMerges) }),
  o200k: file({ added_tokens: added(marks, byteSize), pre_tokenizer: sequence(split(regexes.o200k, 'Removed', true), byteLevel({ use_regex: false })), post_processor: template(byteVocabulary, [], [eos]), decoder: byteLevel(), model: bpe(byteVocabulary, byteMerges) }),
  smollm: file({ added_tokens: added(marks, byteSize), pre_tokenizer: sequence({ type: 'Digits', individual_digits: true }, byteLevel()), decoder: byteLevel(), model: bpe(byteVocabulary, byteMerges) }),
  llama2: file({ added_tokens: pieceMarks, normalizer: normalizeSpaces, post_processor: template(pieceVocabulary, [['<s>', 1]], []), decoder: decodeSpaces, model: bpe(pieceVocabulary, pieceMergesKept.map(m => m.join(' ')), { unk_token: '<unk>', fuse_unk: true, byte_fallback: true }) }),
  unknownFused: file({ added_tokens: noBytesMarks, normalizer: normalizeSpaces, decoder: decodeSpaces, model: bpe(noBytes, pieceMergesKept, { unk_token: '<unk>', fuse_unk: true, byte_fallback: true }) }),
  unknownEach: file({ added_tokens: [], pre_tokenizer: { type: 'Metaspace', replacement: space, prepend_scheme: 'first', split: true }, decoder: { type: 'Metaspace', replacement: space, prepend_scheme: 'first', split: true }, model: bpe(noBytes, pieceMergesKept, { unk_token: '<unk>' }) }),
  unknownDropped: file({ added_tokens: [], pre_tokenizer: { type: 'Metaspace', replacement: space, prepend_scheme: 'never', split: false }, decoder: { type: 'Metaspace', replacement: space, prepend_scheme: 'never', split: false }, model: bpe(noBytes, pieceMergesKept) }),
  gemma: file({ added_tokens: pieceMarks, normalizer: { type: 'Replace', pattern: { String: ' ' }, content: space }, pre_tokenizer: { type: 'Split', pattern: { String: ' ' }, behavior: 'MergedWithPrevious', invert: false }, decoder: { type: 'Sequence', decoders: decodeSpaces.decoders.slice(0, 3) }, model: bpe(pieceVocabulary, pieceMergesKept, { unk_token: '<unk>', fuse_unk: true, byte_fallback: true }) }),
  metaspaceAlways: file({ added_tokens: pieceMarks, pre_tokenizer: { type: 'Metaspace', replacement: space, add_prefix_space: true }, post_processor: template(pieceVocabulary, [['<s>', 1]], [['</s>', 2]]), decoder: { type: 'Metaspace', replacement: space, add_prefix_space: true }, model: bpe(pieceVocabulary, pieceMergesKept, { unk_token: '<unk>', fuse_unk: true, byte_fallback: true }) }),
  bert: file({ added_tokens: added([['[PAD]', {}], ['[UNK]', {}], ['[CLS]', {}], ['[SEP]', {}], ['[MASK]', {}]], 0), normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true }, pre_tokenizer: { type: 'BertPreTokenizer' }, post_processor: { type: 'BertProcessing', sep: ['[SEP]', 3], cls: ['[CLS]', 2] }, decoder: { type: 'WordPiece', prefix: '##', cleanup: true }, model: { type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', max_input_chars_per_word: 20, vocab: wordPieces } }),
  joined: file({ normalizer: { type: 'Sequence', normalizers: [{ type: 'NFKD' }, { type: 'StripAccents' }, { type: 'Lowercase' }, { type: 'Strip', strip_left: true, strip_right: true }] }, pre_tokenizer: { type: 'Whitespace' }, model: bpe(noBytes, pieceMergesKept, { unk_token: '<unk>' }) }),
};

// Since 0.22 HF decodes a special token that is matched normalized to its normalized form, and then does not know it for special:
// no golden texts for those.
const decodes = json => !json.added_tokens.some(t => t.special && t.normalized);

async function runTokenizer(json) {
  const tokenizer = Tokenizer.fromString(JSON.stringify(json));
  const cases = [];
  for (const text of texts) {
    const whole = (await tokenizer.encode(text, null, { addSpecialTokens: true })).getIds();
    const plain = (await tokenizer.encode(text, null, { addSpecialTokens: false })).getIds();
    cases.push({ ids: whole, plain, ...decodes(json) && { decoded: await tokenizer.decode(whole, true), decodedWithSpecial: await tokenizer.decode(whole, false) } });
  }
  return cases;
}

// --- components, asked one by one through a tokenizer that has nothing else
const blank = parts => Tokenizer.fromString(JSON.stringify(file({ ...parts, model: bpe({}, []) })));
const normalizers = [
  { type: 'NFC' }, { type: 'NFD' }, { type: 'NFKC' }, { type: 'NFKD' }, { type: 'Lowercase' }, { type: 'StripAccents' }, { type: 'Prepend', prepend: '>' },
  { type: 'Strip', strip_left: true, strip_right: false }, { type: 'Strip', strip_left: false, strip_right: true }, { type: 'Replace', pattern: { Regex: ' {2,}' }, content: '_' }, { type: 'Replace', pattern: { Regex: String.raw`\p{L}+` }, content: 'w' },
  { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true }, { type: 'BertNormalizer', clean_text: false, handle_chinese_chars: false, strip_accents: true, lowercase: false },
];
const pretokenizers = [
  { type: 'Whitespace' }, { type: 'WhitespaceSplit' }, { type: 'BertPreTokenizer' }, { type: 'Punctuation', behavior: 'Contiguous' }, { type: 'Punctuation', behavior: 'Removed' }, { type: 'Digits', individual_digits: false }, { type: 'Digits', individual_digits: true },
  ...['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'].flatMap(behavior => [false, true].map(invert => ({ type: 'Split', pattern: { String: 'a' }, behavior, invert }))),
  ...['always', 'first', 'never'].map(prepend_scheme => ({ type: 'Metaspace', replacement: space, prepend_scheme, split: true })),
  split(String.raw`\p{L}+|\p{N}`), split(String.raw`\s?\p{L}+`, 'MergedWithNext'), split(String.raw`[^\s\p{L}]+(?=\s|$)`), split('[0-9][0-9][0-9]'), split(String.raw`[\p{P}\$\+<=>\^~\|]+`),
];

// --- random strings over awkward characters, by a linear congruential generator that the tests have too
const awkward = ["'", 's', 'S', 't', 'l', 'L', 'V', 'e', 'E', 'r', 'd', 'M', '\u017f', ' ', ' ', ' ', '\n', '\r', '\t', '\u00a0', '\u3000', '\u0085', '1', '2', '²', 'Ⅷ', 'é', 'É', 'ǅ', 'ʰ', '中', '\u0301', '\u0903', '\u20dd', '!', '/', '-', '$', '\u200d', '🚀', '𐐀', '𐐨', '𠀀', '𝟘', '\u{1e900}', '\u{1d165}', '_', '<', 'ª', 'ß'];
let state = 1;
const next = limit => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return (state >>> 8) % limit; };
const random = [...Array(5000)].map(() => [...Array(1 + next(24))].map(() => awkward[next(awkward.length)]).join(''));
const scanners = Object.values(regexes).map(regex => {
  const pre = blank({ pre_tokenizer: split(regex) }).getPreTokenizer();
  const hash = createHash('sha256');
  for (const text of random) hash.update(pre.preTokenizeString(text).map(([piece]) => piece).join('\u0001') + '\u0002');
  return { regex, sha256: hash.digest('hex'), cases: texts.map(text => pre.preTokenizeString(text).map(([piece]) => piece)) };
});

const golden = {
  texts, awkward,
  normalizers: normalizers.map(json => { const n = blank({ normalizer: json }).getNormalizer(); return { json, cases: texts.map(t => n.normalizeString(t)) }; }),
  preTokenizers: pretokenizers.map(json => { const p = blank({ pre_tokenizer: json }).getPreTokenizer(); return { json, cases: texts.map(t => p.preTokenizeString(t).map(([piece]) => piece)) }; }),
  scanners,
  tokenizers: [],
  shared: {}, // reference tokenizers that stand beside the repository: only what they make of the texts
};
for (const [name, json] of Object.entries(tokenizers)) golden.tokenizers.push({ name, json, cases: await runTokenizer(json) });
for (const name of ['qwen2', 'phi-3-mini']) {
  const path = new URL(`../../../../../shared/tokenizers/${name}/tokenizer.json`, import.meta.url);
  if (existsSync(path)) golden.shared[name] = await runTokenizer(JSON.parse(readFileSync(path, 'utf8')));
}
// ASCII only: editors and git must not normalize what is in here.
const lines = JSON.stringify(golden).replace(/"cases":\[|\},\{"|\],\["/g, m => m.slice(0, -1) + '\n' + m.slice(-1));
const ascii = lines.replace(/[\u007f-\uffff]/g, c => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'));
writeFileSync(new URL('hf-tokenizers.json', import.meta.url), ascii + '\n');
