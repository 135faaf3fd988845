// Opens OpenClaw's Control UI, unchanged, in a headless browser, says something to a gateway, and tells what came of it as JSON.
// usage: node chat.mjs UI-FOLDER GATEWAY-PORT TOKEN TEXT, or with --dashboard for TEXT to tell what stands in the panels of the main session
// The page and the gateway have one origin: what is no file of the page goes on to the gateway, WebSockets too.
import { createServer, request } from "node:http";
import { connect } from "node:net";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { createRequire } from "node:module";

const [folder, port, token, text] = process.argv.slice(2);
const { chromium } = createRequire(join(process.cwd(), "package.json"))("playwright-core");
const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json", ".woff2": "font/woff2", ".webmanifest": "application/manifest+json" };

const server = createServer(async (from, to) => {
  const path = normalize(new URL(from.url, "http://x").pathname);
  try {
    if (path.startsWith("/__openclaw__/")) throw new Error("the gateway's");
    const file = path === "/" || !extname(path) ? "/index.html" : path;
    const content = await readFile(join(folder, file));
    to.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" }).end(content);
  } catch {
    from.pipe(request({ port, path: from.url, method: from.method, headers: from.headers }, (answer) => { to.writeHead(answer.statusCode, answer.headers); answer.pipe(to); }));
  }
});
server.on("upgrade", (from, socket, head) => {
  const gateway = connect(port, "127.0.0.1", () => {
    gateway.write(`${from.method} ${from.url} HTTP/1.1\r\n` + Object.entries(from.headers).map(([name, value]) => `${name}: ${value}\r\n`).join("") + "\r\n");
    gateway.write(head);
    socket.pipe(gateway).pipe(socket);
  });
  gateway.on("error", () => socket.destroy());
  socket.on("error", () => gateway.destroy());
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage();
const faults = [], asked = {};
page.on("pageerror", (e) => faults.push(String(e)));
page.on("websocket", (socket) => {
  const methods = new Map();
  socket.on("framesent", ({ payload }) => {
    const frame = JSON.parse(payload);
    methods.set(frame.id, frame.method);
  });
  socket.on("framereceived", ({ payload }) => {
    const frame = JSON.parse(payload);
    if (frame.type === "res") asked[methods.get(frame.id)] = frame.ok ? "" : frame.error.message;
    if (frame.event === "chat" && frame.payload.state === "final") result.reply = frame.payload.message.content[0].text;
  });
});
const result = { connected: false, settled: false, reply: "", faults, asked };
try {
  const shows = text === "--dashboard";
  await page.goto(`http://127.0.0.1:${server.address().port}/chat?session=main${shows ? "&dashboard=expanded" : ""}#token=${token}`);
  if (shows) {
    await page.frameLocator("iframe.board-widget__frame").frameLocator("iframe").locator("body").waitFor({ timeout: 60_000 });
    result.panels = await Promise.all(page.frames().slice(1).map((frame) => frame.evaluate(() => document.body.innerText)));
  } else await chat();
} catch (e) {
  result.error = String(e);
  result.body = await page.evaluate(() => document.body?.innerText ?? "").catch(() => "");
}
if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
console.log(JSON.stringify(result));
await browser.close();
server.close();
server.closeAllConnections();

async function chat() {
  const composer = page.locator("textarea:visible, [contenteditable=true]:visible").last();
  await composer.waitFor({ timeout: 60_000 });
  result.connected = true;
  await composer.fill(text);
  await composer.press("Enter");
  // The page shows that it is being worked on, then the reply, and then that it is done.
  for (const since = Date.now(); !result.reply && Date.now() - since < 60_000;) await page.waitForTimeout(100);
  const beginning = result.reply.replace(/<\|.*/s, "").trim().slice(0, 20);
  await page.waitForFunction(
    ([said, answer]) => document.body.innerText.includes(said) && document.body.innerText.includes(answer) && !/Working|Stop generating/i.test(document.body.innerText),
    [text, beginning], { timeout: 30_000, polling: 200 });
  result.body = await page.evaluate(() => document.body.innerText);
  result.settled = true;
}
