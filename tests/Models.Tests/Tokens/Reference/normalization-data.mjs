// Writes src/Models/Tokens/Unicode/NormalizationData.cs from the Unicode data inside Node (ICU), and prints the hashes that
// UnicodeNormalizerTests expects. Run: node normalization-data.mjs
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';

// One character of each canonical combining class. JavaScript does not tell the class, but what reorders tells which is larger.
const OfClass = {
  1: 0x334, 6: 0x16FF0, 7: 0x93C, 8: 0x3099, 9: 0x94D, 10: 0x5B0, 11: 0x5B1, 12: 0x5B2, 13: 0x5B3, 14: 0x5B4, 15: 0x5B5, 16: 0x5B6,
  17: 0x5B7, 18: 0x5B8, 19: 0x5B9, 20: 0x5BB, 21: 0x5BC, 22: 0x5BD, 23: 0x5BF, 24: 0x5C1, 25: 0x5C2, 26: 0xFB1E, 27: 0x64B, 28: 0x64C,
  29: 0x64D, 30: 0x64E, 31: 0x64F, 32: 0x650, 33: 0x651, 34: 0x652, 35: 0x670, 36: 0x711, 84: 0xC55, 91: 0xC56, 103: 0xE38, 107: 0xE48,
  118: 0xEB8, 122: 0xEC8, 129: 0xF71, 130: 0xF72, 132: 0xF74, 202: 0x321, 214: 0x1DCE, 216: 0x31B, 218: 0x302A, 220: 0x316, 222: 0x59A,
  224: 0x302E, 226: 0x1D16D, 228: 0x5AE, 230: 0x301, 232: 0x315, 233: 0x35C, 234: 0x35D, 240: 0x345,
};
const [lowest, highest] = [OfClass[1], OfClass[240]];

const text = (...points) => String.fromCodePoint(...points);
const points = s => [...s].map(c => c.codePointAt(0));
const reorders = (a, b) => text(a, b).normalize('NFD') !== text(a, b); // class of a > class of b > 0
const isSurrogate = c => c >= 0xD800 && c <= 0xDFFF;
const isHangulSyllable = c => c >= 0xAC00 && c <= 0xD7A3; // these go by arithmetic

function classOf(c) {
  if (text(c).normalize('NFD') !== text(c) || !(reorders(c, lowest) || reorders(highest, c))) return 0;
  const found = Object.keys(OfClass).find(n => !reorders(c, OfClass[n]) && !reorders(OfClass[n], c));
  if (!found) throw new Error('a new combining class: U+' + c.toString(16));
  return Number(found);
}

const composed = [], excluded = [], compatible = [], classes = [];
for (let c = 0; c < 0x110000; c++) {
  if (isSurrogate(c) || isHangulSyllable(c)) continue;
  const s = text(c), canonical = s.normalize('NFD'), compatibility = s.normalize('NFKD');
  const ccc = classOf(c), last = classes.at(-1);
  if (ccc && last && last.ccc === ccc && last.end === c - 1) last.end = c;
  else if (ccc) classes.push({ ccc, start: c, end: c });
  if (canonical !== s && s.normalize('NFC') === s) {
    const all = points(canonical), first = points(text(...all.slice(0, -1)).normalize('NFC'));
    if (first.length !== 1) throw new Error('no pair: U+' + c.toString(16));
    composed.push([c, first[0], all.at(-1)]);
  } else if (canonical !== s) excluded.push([c, ...points(canonical)]);
  if (compatibility !== canonical) compatible.push([c, ...points(compatibility)]);
}

const line = (sign, numbers) => sign + numbers.map(n => n.toString(16)).join(' ');
const lines = (sign, entries) => entries.map(([c, ...rest], i) => line(sign, [c - (i ? entries[i - 1][0] : 0), ...rest]));
const all = [
  ...lines('=', composed), ...lines('!', excluded), ...lines('~', compatible),
  ...classes.map(({ ccc, start, end }, i) => line('^', [start - (i ? classes[i - 1].end : 0), end - start, ccc])),
].join('\n');
const packed = brotliCompressSync(Buffer.from(all), { params: { [constants.BROTLI_PARAM_LGWIN]: 18 } }).toString('base64');

writeFileSync(new URL('../../../../src/Models/Tokens/Unicode/NormalizationData.cs', import.meta.url), `namespace Models.Tokens.Unicode;

/// <summary>
/// Decompositions, compositions and combining classes of Unicode ${process.versions.unicode} as lines of hexadecimal numbers, Brotli, Base64. Written by
/// tests/Models.Tests/Tokens/Reference/normalization-data.mjs. The first number of each line is the difference from the line
/// before of the same sign: <c>=</c> a character and the pair it composes from, <c>!</c> one and its canonical decomposition,
/// never composed again, <c>~</c> one and its full compatibility decomposition, <c>^</c> a range (start minus the end before,
/// length minus one) and its canonical combining class.
/// </summary>
internal static class NormalizationData
{
    public const string Packed = """
${packed.match(/.{1,132}/g).map(part => `        ${part}`).join('\n')}
        """;
}
`);

// What the tests expect: every code point, and strings made by a linear congruential generator.
const ranges = [[0x41, 0x7A], [0xC0, 0x17F], [0x300, 0x36F], [0x591, 0x5C7], [0x900, 0x9FF], [0x1100, 0x11FF], [0xAC00, 0xD7A3],
  [0x1E00, 0x1FFF], [0x3040, 0x30FF], [0xF900, 0xFAFF], [0xFB00, 0xFB4F], [0x1D15E, 0x1D1AF], [0x2F800, 0x2FA1D]];
let state = 1;
const next = limit => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return (state >>> 8) % limit; };
const samples = [];
for (let c = 0; c < 0x110000; c++) if (!isSurrogate(c)) samples.push(text(c));
for (let i = 0; i < 20000; i++) {
  let s = '';
  for (let n = 1 + next(12); n > 0; n--) {
    const [from, to] = ranges[next(ranges.length)];
    s += text(from + next(to - from + 1));
  }
  samples.push(s);
}
for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD'])
  console.log(form, createHash('sha256').update(samples.map(s => s.normalize(form) + '\n').join('')).digest('hex'));
