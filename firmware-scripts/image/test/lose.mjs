// lose.mjs DISK LOG SEED: makes of DISK, as it was at power on, the disk as it would be after a power cut: with what LOG says was written to it until the last flush, and
// of what came after that any part, in part, or nothing, as SEED draws it. LOG is QEMU's (blklogwrites, the form of dm-log-writes).
import fs from 'node:fs';

const [image, log, seed] = process.argv.slice(2);
const flush = 1n, discard = 4n;
let drawn = Number(seed) >>> 0;
const random = (below) => {
  drawn = (Math.imul(drawn ^ (drawn >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
  return drawn % below;
};

const file = fs.openSync(log);
const size = fs.fstatSync(file).size;
const head = Buffer.alloc(512);
fs.readSync(file, head, 0, 512, 0);
const magic = head.readBigUInt64LE(0);
// QEMU writes the log's own head at the first flush.
if (magic !== 0x6a736677736872n && magic !== 0n) throw new Error(`${log} is no log of writes.`);
const sector = magic === 0n ? 512 : head.readUInt32LE(24);

const entries = [];
for (let at = sector; at < size;) {
  fs.readSync(file, head, 0, 32, at);
  const [to, count, flags] = [0, 8, 16].map((field) => head.readBigUInt64LE(field));
  // What was not written of the log itself was not acknowledged either.
  if (count === 0n && flags === 0n) break;
  const length = flags & discard ? 0 : Number(count) * sector;
  entries.push({ to: Number(to) * sector, length, data: at + sector, isFlush: (flags & flush) !== 0n });
  at += sector + length;
}
const last = entries.findLastIndex((entry) => entry.isFlush);

const disk = fs.openSync(image, 'r+');
let lost = 0;
entries.forEach((entry, i) => {
  let length = entry.length;
  if (i > last && length > 0) {
    length = [0, length, random(length / sector + 1) * sector][random(3)];
    if (length < entry.length) lost++;
  }
  const data = Buffer.alloc(length);
  fs.readSync(file, data, 0, length, entry.data);
  fs.writeSync(disk, data, 0, length, entry.to);
});
console.log(`${entries.length} writes and flushes, ${entries.length - 1 - last} after the last flush, ${lost} of them lost or torn`);
