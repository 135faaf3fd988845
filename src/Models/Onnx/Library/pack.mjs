// node pack.mjs LIBRARY PACKED [x64]: compresses ONNX Runtime for the binary; NativeLibraryCache.cs unpacks it.
// PACKED is the library's SHA-256 (32 bytes) and length, then pieces of it in order: a length and that many bytes of Brotli. A length is a
// uint32, low byte first.
// x64 code goes through the filter that BranchFilter.cs undoes and describes. Two pieces, so that two cores compress them.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';

const [from, to, arch] = process.argv.slice(2);
const code = readFileSync(from);
const hash = createHash('sha256').update(code).digest();
if (arch === 'x64') filter(code);

const half = code.length >> 1;
const pieces = await Promise.all([code.subarray(0, half), code.subarray(half)].map(piece => promisify(brotliCompress)(piece, { params: {
  [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: piece.length } })));
writeFileSync(to, Buffer.concat([hash, length(code), ...pieces.flatMap(piece => [length(piece), piece])]));

function filter(code) {
  // The bytes since the last operand, the newest lowest.
  let seen = 0;
  for (let at = 0; at + 4 <= code.length;) {
    const before = seen >> 16 & 0xFF;
    if ((seen & 0xFE) !== 0xE8 && !((seen & 0xC7) === 5 && ((before & 0xF8) === 0x48 || before === 0x0F))) { seen = seen << 8 | code[at++]; continue; }
    const distance = code.readInt32LE(at), place = distance + at + 4;
    code.writeInt32LE(place >= 0 && place < code.length ? place : distance >= 0 && distance < code.length ? distance - code.length : distance, at);
    at += 4;
    seen = 0;
  }
}

function length(bytes) {
  const field = Buffer.alloc(4);
  field.writeUInt32LE(bytes.length);
  return field;
}
