// A headless Chromium by the DevTools protocol over a pair of pipes: no packages, no port.
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const Patience = 120_000;

export async function openBrowser() {
  const profile = await mkdtemp(join(tmpdir(), "page-"));
  // As root it has no sandbox of its own; what it shows here is ours.
  const chromium = spawn(process.env.CHROMIUM ?? "chromium", ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
    "--remote-debugging-pipe", `--user-data-dir=${profile}`, "about:blank"], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
  const [to, from] = [chromium.stdio[3], chromium.stdio[4]];
  const waiting = new Map(), heard = [];
  let last = 0, rest = "";
  from.setEncoding("utf8").on("data", (text) => {
    const parts = (rest + text).split("\0");
    rest = parts.pop();
    for (const message of parts.map((part) => JSON.parse(part))) {
      if (message.id === undefined) for (const hear of heard) hear(message);
      else if (message.error) waiting.get(message.id)[1](new Error(message.error.message));
      else waiting.get(message.id)[0](message.result);
    }
  });
  const ask = (method, params = {}, sessionId = undefined) => new Promise((done, failed) => {
    waiting.set(++last, [done, failed]);
    to.write(JSON.stringify({ id: last, method, params, sessionId }) + "\0");
  });
  return {
    async openPage(url, { width = 1000, height = 800, scale = 1, dark = false, touch = false } = {}) {
      const { browserContextId } = await ask("Target.createBrowserContext");
      const { targetId } = await ask("Target.createTarget", { url: "about:blank", browserContextId });
      const { sessionId } = await ask("Target.attachToTarget", { targetId, flatten: true });
      const send = (method, params) => ask(method, params, sessionId);
      const faults = [], requests = [];
      heard.push(({ method, params, sessionId: of }) => {
        if (of !== sessionId) return;
        if (method === "Runtime.exceptionThrown") faults.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
        if (method === "Log.entryAdded" && params.entry.level === "error") faults.push(`${params.entry.text} ${params.entry.url ?? ""}`);
        if (method === "Network.requestWillBeSent") requests.push(params.request.url);
        if (method === "Network.webSocketCreated") requests.push(params.url);
      });
      for (const domain of ["Runtime", "Log", "Network", "Page"]) await send(`${domain}.enable`);
      await send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: scale, mobile: touch });
      await send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }] });
      await send("Page.navigate", { url });
      const page = {
        faults, requests, send,
        async evaluate(expression) {
          const { result, exceptionDetails } = await send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
          if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.exception?.description}`);
          return result.value;
        },
        async until(expression) {
          for (const since = Date.now(); Date.now() - since < Patience; await new Promise((again) => setTimeout(again, 50))) {
            const value = await page.evaluate(`(() => { try { return ${expression}; } catch { return false; } })()`).catch(() => false);
            if (value) return value;
          }
          throw new Error(`${expression} did not come true. The page says: ${await page.evaluate("document.body?.innerText")}`);
        },
        async type(selector, text) {
          await page.evaluate(`document.querySelector(${JSON.stringify(selector)}).focus()`);
          await send("Input.insertText", { text });
        },
        async press(key) {
          for (const type of ["keyDown", "keyUp"]) await send("Input.dispatchKeyEvent", { type, key, code: key, windowsVirtualKeyCode: { Enter: 13, Tab: 9 }[key], text: key === "Enter" && type === "keyDown" ? "\r" : undefined });
        },
        click: (selector) => page.evaluate(`document.querySelector(${JSON.stringify(selector)}).click()`),
        async tap(selector) {
          await send("Emulation.setTouchEmulationEnabled", { enabled: true });
          const [x, y] = await page.evaluate(`(({ left, top, width, height }) => [left + width / 2, top + height / 2])(document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect())`);
          await send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x, y }] });
          await send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
        },
        reload: () => send("Page.reload"),
        async shot(path) { await writeFile(path, Buffer.from((await send("Page.captureScreenshot", { format: "png" })).data, "base64")); },
      };
      return page;
    },
    async close() {
      const ended = new Promise((done) => chromium.once("exit", done));
      await ask("Browser.close").catch(() => {});
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
