// node delta.mjs OLD NEW OUT: writes OUT, from which and OLD the program makes NEW (src/Appliance/Update/Deltas/DeltaPatch.cs has the format).
// Where a piece of 32 bytes is in both, what follows and what goes before it is taken from OLD as long as about half of it is equal, and the
// difference of each byte is written: code that only moved differs in a few bytes of addresses, and the rest is zeros.
import { readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';

const [, , oldPath, newPath, outPath] = process.argv;
if (!outPath) { console.error('usage: node delta.mjs OLD NEW OUT'); process.exit(2); }
const [from, to] = [readFileSync(oldPath), readFileSync(newPath)];
const seed = 32, mask = (1 << 22) - 1;

const hash = (bytes, at) => {
  let h = 0;
  for (let i = at; i < at + seed; i += 4) h = Math.imul(h ^ bytes.readInt32LE(i), 0x9e3779b1) ^ (h >>> 15);
  return (h ^ (h >>> 11)) & mask;
};
// Every 16th place of the old file, found by what is there.
const places = new Int32Array(mask + 1).fill(-1);
for (let at = 0; at + seed <= from.length; at += 16) places[hash(from, at)] = at;

// How far two places go on alike, as bsdiff counts it: to where equal bytes outweigh the others most.
const alike = (a, b, step, mostA, mostB) => {
  let [score, best, length, n] = [0, 0, 0, 0];
  const most = Math.min(mostA, mostB);
  while (n < most && score > best - 64) {
    score += from[a + n * step] === to[b + n * step] ? 1 : -1;
    n++;
    if (score > best) [best, length] = [score, n];
  }
  return length;
};

const out = [];
const number = value => {
  while (value >= 128) { out.push(Buffer.from([(value % 128) | 128])); value = Math.floor(value / 128); }
  out.push(Buffer.from([value]));
};
const signed = value => number(value < 0 ? -value * 2 + 1 : value * 2);

// Pieces that come from the old file: [new, old, length], in order, without an overlap.
const pieces = [];
let done = 0, offset = 0;
for (let at = 0; at + seed <= to.length;) {
  // Where the last piece went on is tried first: most of a file only moved as a whole.
  let place = at + offset;
  if (place < 0 || place + seed > from.length || from.compare(to, at, at + seed, place, place + seed) !== 0) {
    place = places[hash(to, at)];
    if (place < 0 || from.compare(to, at, at + seed, place, place + seed) !== 0) { at++; continue; }
  }
  const before = alike(place - 1, at - 1, -1, place, at - done);
  const after = alike(place, at, 1, from.length - place, to.length - at);
  pieces.push([at - before, place - before, before + after]);
  offset = place - at;
  at += after;
  done = at;
}

// What comes before the first of them; nothing at all would be the end.
const first = pieces[0] ?? [to.length, 0, 0];
if (first[0] > 0 || first[1] > 0) { number(0); number(first[0]); signed(first[1]); out.push(to.subarray(0, first[0])); }
pieces.forEach(([at, place, length], i) => {
  const next = pieces[i + 1] ?? [to.length, place + length, 0];
  const added = Buffer.alloc(length);
  for (let n = 0; n < length; n++) added[n] = to[at + n] - from[place + n];
  number(length); number(next[0] - at - length); signed(next[1] - place - length);
  out.push(added, to.subarray(at + length, next[0]));
});
number(0); number(0); number(0);

const steps = Buffer.concat(out);
const packed = brotliCompressSync(steps, { params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: steps.length } });
writeFileSync(outPath, Buffer.concat([Buffer.from('APD1'), packed]));
