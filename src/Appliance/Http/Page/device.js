"use strict";
// The key by which the gateway knows this browser again (Ed25519, RFC 8032): one of the browser's own that no script can read, or, where the browser
// gives none (a page that came by plain http from another machine has no WebCrypto), one computed here and kept as it is. Worth nothing without a token.
const bytesOf = (text) => new TextEncoder().encode(text);
const hexOf = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
const randomHex = (count) => hexOf(crypto.getRandomValues(new Uint8Array(count)));

// SHA-256 (wide: SHA-512), FIPS 180-4. Its constants are the fractions of cube and square roots of the first primes.
function sha2(message, wide) {
  const bits = wide ? 64n : 32n, rounds = wide ? 80 : 64, block = wide ? 128 : 64, mask = (1n << bits) - 1n;
  const turns = wide ? [28, 34, 39, 14, 18, 41, 1, 8, 7, 19, 61, 6] : [2, 13, 22, 6, 11, 25, 7, 18, 3, 17, 19, 10];
  const right = (x, n) => ((x >> BigInt(n)) | (x << (bits - BigInt(n)))) & mask;
  const mix = (x, i, shifts) => right(x, turns[i]) ^ right(x, turns[i + 1]) ^ (shifts ? x >> BigInt(turns[i + 2]) : right(x, turns[i + 2]));
  const root = (p, power) => {
    let low = 0n, high = 1n << (bits + 5n);
    while (high - low > 1n) {
      const middle = (low + high) >> 1n;
      if (middle ** power <= p << (power * bits)) low = middle; else high = middle;
    }
    return low & mask;
  };
  const primes = [];
  for (let n = 2; primes.length < rounds; n++) if (primes.every((p) => n % Number(p))) primes.push(BigInt(n));
  const constants = primes.map((p) => root(p, 3n));
  let state = primes.slice(0, 8).map((p) => root(p, 2n));
  const size = Math.ceil((message.length + 1 + block / 8) / block) * block, padded = new Uint8Array(size);
  padded.set(message);
  padded[message.length] = 128;
  new DataView(padded.buffer).setUint32(size - 4, message.length * 8);
  for (let at = 0; at < size; at += block) {
    const w = [];
    for (let t = 0; t < rounds; t++) {
      if (t < 16) w[t] = BigInt("0x" + hexOf(padded.subarray(at + t * block / 16, at + (t + 1) * block / 16)));
      else w[t] = (mix(w[t - 2], 9, true) + w[t - 7] + mix(w[t - 15], 6, true) + w[t - 16]) & mask;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let t = 0; t < rounds; t++) {
      const one = h + mix(e, 3) + ((e & f) ^ (~e & mask & g)) + constants[t] + w[t], two = mix(a, 0) + ((a & b) ^ (a & c) ^ (b & c));
      [a, b, c, d, e, f, g, h] = [(one + two) & mask, a, b, c, (d + one) & mask, e, f, g];
    }
    state = [a, b, c, d, e, f, g, h].map((x, i) => (x + state[i]) & mask);
  }
  return Uint8Array.from(state.map((x) => x.toString(16).padStart(Number(bits) / 4, "0")).join("").match(/../g), (x) => parseInt(x, 16));
}

function ed25519(seed) {
  const P = 2n ** 255n - 19n, L = 2n ** 252n + 27742317777372353535851937790883648493n;
  const mod = (x, m = P) => ((x % m) + m) % m;
  const power = (x, n) => { let y = 1n; for (; n > 0n; n >>= 1n, x = mod(x * x)) if (n & 1n) y = mod(y * x); return y; };
  const D = mod(-121665n * power(121666n, P - 2n));
  const number = (bytes) => BigInt("0x" + hexOf(bytes.slice().reverse()));
  const bytes32 = (x) => Uint8Array.from(x.toString(16).padStart(64, "0").match(/../g), (b) => parseInt(b, 16)).reverse();
  const add = ([x1, y1, z1, t1], [x2, y2, z2, t2]) => {
    const a = mod((y1 - x1) * (y2 - x2)), b = mod((y1 + x1) * (y2 + x2)), c = mod(2n * t1 * t2 * D), d = mod(2n * z1 * z2), e = b - a, f = d - c, g = d + c, h = b + a;
    return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
  };
  const x = 15112221349535400772501151409588531511454012693041857206046113283949847762202n, y = mod(4n * power(5n, P - 2n));
  const times = (n) => {
    let sum = [0n, 1n, 1n, 0n];
    for (let point = [x, y, 1n, mod(x * y)]; n > 0n; n >>= 1n, point = add(point, point)) if (n & 1n) sum = add(sum, point);
    const inverse = power(sum[2], P - 2n);
    return bytes32(mod(sum[1] * inverse) | ((mod(sum[0] * inverse) & 1n) << 255n));
  };
  const hash = (...parts) => sha2(Uint8Array.from(parts.flatMap((part) => [...part])), true);
  const expanded = hash(seed);
  const secret = (number(expanded.slice(0, 32)) & ((1n << 254n) - 8n)) | (1n << 254n), key = times(secret);
  return {
    key,
    sign(message) {
      const r = mod(number(hash(expanded.slice(32), message)), L), R = times(r);
      return Uint8Array.from([...R, ...bytes32(mod(r + number(hash(R, key, message)) * secret, L))]);
    },
  };
}

// The browser's own: its private half never leaves it.
async function browsersKey() {
  const asked = (request) => new Promise((done, failed) => { request.onsuccess = () => done(request.result); request.onerror = () => failed(request.error); });
  const opening = indexedDB.open("appliance", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("keys");
  const store = (mode) => opening.result.transaction("keys", mode).objectStore("keys");
  await asked(opening);
  let pair = await asked(store("readonly").get("device"));
  if (!pair) {
    pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
    await asked(store("readwrite").put(pair, "device"));
  }
  const key = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return { key, sign: async (message) => new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, message)) };
}

function computedKey(where, name) {
  const kept = store(where, name), seed = /^[0-9a-f]{64}$/.test(kept) ? kept : randomHex(32);
  store(where, name, seed);
  return ed25519(Uint8Array.from(seed.match(/../g), (b) => parseInt(b, 16)));
}

// Storage may be shut; then what is kept is kept by nobody.
function store(where, name, value) {
  try {
    if (value === undefined) return where.getItem(name);
    if (value === null) where.removeItem(name); else where.setItem(name, value);
  } catch { return null; }
}
