// Speaks the gateway's own protocol (version 4) by WebSocket, as any client of it does, with the scopes a conversation needs and no more.
const $ = (id) => document.getElementById(id);
const make = (name, look, ...inside) => {
  const element = document.createElement(name);
  if (look) element.className = look;
  element.append(...inside);
  return element;
};
const wished = ["operator.read", "operator.write", "operator.approvals", "operator.questions"];
const ideas = ["What time is it?", "Set a timer for 5 minutes", "Add milk to the shopping list", "What can you do?"];

// ——— What lets this browser in: {token}, {code} or {deviceToken, scopes}; the gateway's word for this browser takes the place of a token once it is had.
let given = null, device = null, isKiosk = store(sessionStorage, "appliance.screen") !== null;
const kept = () => JSON.parse(store(sessionStorage, "appliance") ?? store(localStorage, "appliance") ?? "null");
function keep(credentials, forLong = store(localStorage, "appliance") !== null) {
  for (const where of [sessionStorage, localStorage]) store(where, "appliance", null);
  if (credentials) store(forLong ? localStorage : sessionStorage, "appliance", JSON.stringify(credentials));
}
// A setup code is {url, bootstrapToken} in base64url. Where it leads is not looked at: this page talks with the box it came from.
function credentialsIn(text) {
  try {
    const { bootstrapToken } = JSON.parse(atob(text.replace(/-/g, "+").replace(/_/g, "/")));
    if (bootstrapToken) return { code: bootstrapToken };
  } catch { /* it is a token */ }
  return { token: text };
}
// The fragment of the address: it stays in the browser, and not in the address bar either.
function readAddress() {
  const said = new URLSearchParams(location.hash.slice(1));
  if (location.hash) history.replaceState(null, "", location.pathname);
  // A box's own screen begins anew each time, with a key that its box keeps for it.
  const screen = said.get("screen");
  if (screen) [isKiosk] = [true, store(sessionStorage, "appliance.screen", screen)];
  const text = said.get("code") ?? said.get("token");
  if (text) given = said.has("code") && credentialsIn(text).token ? { code: text } : credentialsIn(text);
  return text !== null;
}

// ——— The connection.
let socket = null, isIn = false, tries = 0, lastHeard = 0, again = 0, last = 0;
const waiting = new Map();

function connect() {
  clearTimeout(again);
  const opened = socket = new WebSocket(location.origin.replace(/^http/, "ws") + "/");
  lastHeard = Date.now();
  opened.onmessage = ({ data }) => {
    if (opened !== socket) return;
    lastHeard = Date.now();
    const frame = JSON.parse(data);
    if (frame.type === "event") hear(frame.event, frame.payload ?? {});
    else if (waiting.has(frame.id)) {
      const { done, failed } = waiting.get(frame.id);
      waiting.delete(frame.id);
      if (frame.ok) done(frame.payload ?? {}); else failed(frame.error);
    }
  };
  opened.onclose = () => {
    if (opened !== socket) return;
    isIn = false;
    for (const { failed } of waiting.values()) failed({ message: "The connection broke off." });
    waiting.clear();
    if (again < 0) return;
    state("off", "away");
    if (tries > 1) notice("The box does not answer. It is tried again and again; what you say meanwhile is sent then.");
    later(Math.min(15, 2 ** tries++ / 2));
  };
}
const later = (seconds) => { clearTimeout(again); again = setTimeout(connect, seconds * 1000); };
const call = (method, params) => new Promise((done, failed) => {
  if (socket?.readyState !== 1) return failed({ message: "The box does not answer." });
  const id = `${++last}`;
  waiting.set(id, { done, failed });
  socket.send(JSON.stringify({ type: "req", id, method, params }));
});
// The gateway says something every 30 seconds; a network that has gone says nothing of it.
setInterval(() => { if (isIn && Date.now() - lastHeard > 75_000) { const dead = socket; dead.onclose(); dead.close(); } }, 5000);
for (const name of ["online", "visibilitychange"]) addEventListener(name, () => { if (!isIn && again > 0 && !document.hidden && socket?.readyState === 3) { tries = 0; connect(); } });

async function introduce({ nonce, ts }) {
  const credentials = given ?? kept() ?? {}, { token, deviceToken, code } = credentials, scopes = credentials.scopes ?? wished;
  const client = { id: "webchat-ui", displayName: isKiosk ? "Screen" : "Browser", version: "1", platform: navigator.platform || "web", mode: "webchat" };
  const id = hexOf(sha2(device.key, false));
  const signed = ["v2", id, client.id, client.mode, "operator", scopes.join(","), ts, token ?? deviceToken ?? code ?? "", nonce].join("|");
  try {
    welcome(credentials, await call("connect", {
      minProtocol: 4, maxProtocol: 4, client, role: "operator", scopes, caps: ["tool-events"], locale: navigator.language,
      device: { id, publicKey: base64url(device.key), signature: base64url(await device.sign(bytesOf(signed))), signedAt: ts, nonce },
      auth: { token, deviceToken, bootstrapToken: code },
    }));
  } catch (error) { refused(credentials, error); }
}

function welcome(credentials, { auth }) {
  [isIn, tries] = [true, 0];
  if (auth.deviceToken) keep({ deviceToken: auth.deviceToken, scopes: auth.scopes }, $("remember").checked || undefined);
  else if (given && !given.code) keep(given, $("remember").checked || undefined);
  given = null;
  state("on", "connected");
  $("notice").hidden = $("gate").hidden = true;
  $("leave").hidden = isKiosk;
  scopes = auth.scopes;
  open();
}

function refused(credentials, error) {
  const code = error.details?.code;
  if (!code) return;
  if (code === "PAIRING_REQUIRED") {
    notice("This browser is new here, and somebody has to let it in. On the box: ", make("code", "", `appliance devices approve ${error.details.requestId}`),
      " You can talk already; until then answers come as a whole, and what was said before is not shown.");
    $("gate").hidden = true;
    showTalk();
    state("", "waits to be let in");
    plain = credentials;
    if (credentials.token) keep(credentials, $("remember").checked || undefined);
    stay(5);
  } else if (code === "AUTH_RATE_LIMITED") {
    ask(`Too many wrong tokens came from here. It goes on in ${Math.ceil((error.retryAfterMs ?? 60_000) / 60_000)} minutes.`);
  } else if (given && kept() && !credentials.token) {
    // A link that was used before, in a browser that is in already.
    given = null;
    stay(0);
  } else if (isKiosk) {
    // Whoever starts this browser gets another code.
    keep(null);
    close();
    ask("");
  } else {
    if (!given) keep(null);
    given = null;
    ask({
      AUTH_TOKEN_MISSING: "", AUTH_BOOTSTRAP_TOKEN_INVALID: "This code is not good any more: each lets one browser in, once, within ten minutes.",
      AUTH_SCOPE_MISMATCH: "This code is for an app and not for a browser. Make one with `appliance qr --profile operator`.",
      AUTH_TOKEN_MISMATCH: "This is not the gateway's token.", AUTH_DEVICE_TOKEN_MISMATCH: "This browser is not let in any more.",
    }[code] ?? error.message);
  }
}
// Another try after what the gateway is about to say: that it ends the connection.
function stay(seconds) {
  socket.onclose = null;
  isIn = false;
  later(seconds);
}
function ask(wrong) {
  stay(0);
  clearTimeout(again);
  again = -1;
  state("", "not connected");
  for (const id of ["talk", "say", "notice", "fresh", "leave"]) $(id).hidden = true;
  $("gate").hidden = false;
  $("wrong").textContent = wrong;
  $("token").focus();
}
function notice(...inside) {
  $("notice").replaceChildren(make("p", "", ...inside));
  $("notice").hidden = false;
}
function state(look, text) {
  $("state").className = look;
  $("state").textContent = text;
}

// ——— The conversation.
let key = store(sessionStorage, "appliance.session") ?? "main", plain = null, scopes = [], held = null;
const runs = new Map(), mine = new Map(), seen = new Set(), cards = new Map();

// Shows the conversation as the gateway has it; what happens while that is on its way is heard after it.
async function open() {
  [plain, held] = [null, []];
  showTalk();
  $("fresh").hidden = false;
  try {
    call("agent.identity.get", {}).then(({ name }) => { if (name) document.title = $("name").textContent = name; }, () => {});
    ({ key } = await call("sessions.messages.subscribe", { key }));
    const { messages, inFlightRun } = await call("chat.history", { sessionKey: key, limit: 100 });
    for (const all of [runs, seen, cards]) all.clear();
    for (const id of ["log", "asks"]) $(id).replaceChildren();
    messages.forEach(showMessage);
    if (inFlightRun) told({ runId: inFlightRun.runId, state: "delta", message: { content: [{ text: inFlightRun.text }] } });
    for (const [runId, { text, isSent }] of mine) {
      showUser(runId, text);
      if (!isSent) post(runId, text);
    }
    for (const kind of scopes.includes("operator.approvals") ? ["exec", "plugin"] : []) call(`${kind}.approval.list`, {}).then((all) => all.forEach(showApproval), () => {});
    if (scopes.includes("operator.questions")) call("question.list", {}).then(({ questions }) => questions.forEach(showQuestion), () => {});
    const missed = held;
    held = null;
    for (const [name, about] of missed) hear(name, about);
    settle();
    toEnd(true);
  } catch (error) {
    if (!isIn) return;
    held = null;
    note(error.message);
  }
}
function showTalk() {
  const wasHidden = $("say").hidden;
  $("talk").hidden = $("say").hidden = false;
  settle();
  if (wasHidden) focusText();
}
// A finger's keyboard would cover half of the page.
const focusText = () => { if (matchMedia("(pointer: fine)").matches) $("text").focus(); };
// What is to be seen where nothing was said yet, and whether something can be stopped.
function settle() {
  $("hello").hidden = $("log").childElementCount > 0;
  $("stop").hidden = ![...runs.values()].some((run) => run.isRunning);
}
// Who has scrolled back reads on; everybody else sees what is new.
const main = document.querySelector("main");
let isAtEnd = true;
main.onscroll = () => { isAtEnd = main.scrollHeight - main.scrollTop - main.clientHeight < 60; };
function toEnd(always) {
  if (always || isAtEnd) main.scrollTop = main.scrollHeight;
}
function add(row) {
  $("log").append(row);
  settle();
  toEnd();
  return row;
}
const note = (text) => add(make("p", "row note", text));
const textOf = (content) => (typeof content === "string" ? content : (content ?? []).filter((part) => part.text).map((part) => part.text).join("\n"));
const showUser = (runId, text) => {
  seen.add(runId);
  return add(make("div", `row user${mine.get(runId)?.isSent === false ? " unsent" : ""}`, make("div", "", text)));
};

function showMessage(message) {
  const { id, runId, kind } = message.__openclaw ?? {};
  if (id && seen.has(id)) return;
  if (id) seen.add(id);
  const text = textOf(message.content);
  if (message.role === "user") {
    const sent = message.idempotencyKey?.replace(/:user$/, "") ?? runId;
    mine.delete(sent);
    if (!seen.has(sent)) showUser(sent, text);
  } else if (kind === "compaction") note("What was said before is kept as a summary.");
  else if (message.role === "assistant") {
    const run = runOf(runId ?? id);
    for (const part of message.content) if (part.type === "toolCall") doing(run, part.id, part.name, part.arguments, "");
    if (text) write(run, text);
  } else if (message.role === "toolResult" && message.isError) runOf(runId ?? id).tools.get(message.toolCallId)?.classList.add("failed");
}

function runOf(id) {
  if (runs.has(id)) return runs.get(id);
  const run = { tools: new Map(), list: make("ul", "doing"), body: make("div", "text"), isRunning: false };
  runs.set(id, run);
  run.row = add(make("div", "row", run.list, run.body));
  return run;
}
function write(run, text) {
  run.body.replaceChildren(...formatted(text));
  toEnd();
}
function doing(run, id, name, args, look) {
  if (!run.tools.has(id)) {
    const what = Object.values(args ?? {}).filter((value) => value !== "" && typeof value !== "object").join(" · ");
    run.tools.set(id, run.list.appendChild(make("li", "", make("b", "", name.replaceAll("_", " ")), what ? ` ${what.slice(0, 200)}` : "")));
  }
  run.tools.get(id).className = look;
  toEnd();
}

// An event "chat": how an answer comes along.
function told({ runId, state, message, errorMessage }) {
  const isOver = state === "final" || state === "aborted" || state === "error";
  if (isOver && !runs.has(runId) && !message && !errorMessage) return;
  const run = runOf(runId), text = textOf(message?.content);
  if (text) write(run, text);
  run.isRunning = !isOver;
  run.row.classList.toggle("waits", !isOver && !text);
  if (isOver) {
    for (const line of run.tools.values()) line.classList.remove("running");
    if (state === "error") run.body.append(make("p", "wrong", errorMessage ?? "It did not work."));
    if (state === "aborted") run.body.append(make("p", "note", "Stopped."));
    if (!run.row.textContent) run.row.remove();
    $("said").textContent = run.body.textContent;
  }
  settle();
  toEnd();
}

function hear(name, about) {
  if (name === "connect.challenge") return introduce(about);
  if (held) return held.push([name, about]);
  if (/^(exec|plugin)\.approval\.requested$/.test(name)) showApproval(about);
  else if (name === "question.requested") showQuestion(about);
  else if (/\.(approval|question)\.resolved$|^question\.resolved$/.test(name)) ended(about);
  else if (about.sessionKey !== key) return;
  else if (name === "session.message") showMessage(about.message);
  else if (name === "chat") told(about);
  else if (name === "agent" && about.stream === "tool") {
    const { phase, toolCallId, name: tool, args, isError } = about.data;
    if (phase === "start") doing(runOf(about.runId), toolCallId, tool, args, "running");
    if (phase === "result") doing(runOf(about.runId), toolCallId, tool, args, isError ? "failed" : "");
  }
}

// ——— Saying something. What is not acknowledged is said again, under the same key, which is done once.
function say(text) {
  const runId = randomHex(16);
  mine.set(runId, { text, isSent: false });
  showUser(runId, text);
  toEnd(true);
  if (plain) postPlain(runId, text); else post(runId, text);
}
async function post(runId, text) {
  try {
    await call("chat.send", { sessionKey: key, message: text, idempotencyKey: runId });
    acknowledged(runId);
  } catch (error) {
    if (!isIn) return;
    mine.delete(runId);
    acknowledged(runId);
    note(error.message);
  }
}
function acknowledged(runId) {
  if (mine.has(runId)) mine.get(runId).isSent = true;
  if ([...mine.values()].every(({ isSent }) => isSent)) for (const row of document.querySelectorAll(".unsent")) row.classList.remove("unsent");
}
// While nobody has let this browser in: the agent by HTTP, which takes the token alone.
async function postPlain(runId, text) {
  told({ runId, state: "status" });
  try {
    const headers = { "content-type": "application/json", ...(plain.token ? { authorization: `Bearer ${plain.token}` } : {}) };
    const answer = await fetch("/api/v1/chat", { method: "POST", headers, body: JSON.stringify({ message: text, sessionKey: key, idempotencyKey: runId }) });
    const said = await answer.json();
    if (answer.ok) told({ runId, state: "final", message: { content: said.text } });
    else told({ runId, state: "error", errorMessage: said.error?.message });
  } catch { told({ runId, state: "error", errorMessage: "The box does not answer." }); }
  mine.delete(runId);
  acknowledged(runId);
}

// ——— What a person is asked.
function card(id, about, ...inside) {
  if (cards.has(id)) return null;
  const element = make("form", "ask", ...inside);
  element.dataset.about = about;
  cards.set(id, element);
  $("asks").append(element);
  $("said").textContent = element.textContent;
  toEnd();
  return element;
}
function ended({ id, decision, status }) {
  const element = cards.get(id);
  if (!element?.isConnected) return;
  if (element.contains(document.activeElement)) $("text").focus();
  element.remove();
  note(`${{ "allow-once": "Allowed", "allow-always": "Allowed for good", deny: "Denied", answered: "Answered" }[decision ?? status] ?? "No answer is needed any more"}: ${element.dataset.about}`);
}
const button = (text, look, click) => {
  const made = make("button", look, text);
  made.type = "button";
  made.onclick = click;
  return made;
};
function showApproval({ id, approvalKind, request }) {
  const decide = (decision) => () => call(`${approvalKind}.approval.resolve`, { id, decision }).catch((error) => ended({ id, status: error.code }));
  card(id, request.command ?? request.title ?? "", make("h3", "", approvalKind === "exec" ? "May this run?" : request.title ?? "May it do this?"), make("pre", "", request.command ?? request.detail ?? ""),
    ...[request.cwd && `in ${request.cwd}`, request.warningText ?? (approvalKind === "exec" ? null : request.description)].filter(Boolean).map((text) => make("p", "", text)),
    make("div", "buttons", button("Allow once", "main", decide("allow-once")), button("Deny", "", decide("deny"))));
}
function showQuestion({ id, questions, sessionKey }) {
  if (sessionKey && sessionKey !== key) return;
  const fields = questions.map((item) => {
    const field = make("fieldset", "", make("p", "", item.question));
    for (const { label, description } of item.options ?? []) {
      const tick = make("input");
      Object.assign(tick, { type: item.multiSelect ? "checkbox" : "radio", name: item.questionId, value: label });
      field.append(make("label", "choice", tick, description ? `${label} – ${description}` : label));
    }
    if (!item.options?.length || item.isOther) field.append(Object.assign(make("input"), { type: "text", name: item.questionId, ariaLabel: item.question }));
    return field;
  });
  const element = card(id, questions[0].question, make("h3", "", questions[0].header), ...fields, make("div", "buttons", make("button", "main", "Answer"),
    button("Skip", "", () => call("question.resolve", { id, cancel: true }).catch(() => ended({ id })))));
  if (element) element.onsubmit = (event) => {
    event.preventDefault();
    const data = new FormData(element), answers = Object.fromEntries(questions.map((item) => [item.questionId, data.getAll(item.questionId).filter(Boolean)]));
    call("question.resolve", { id, answers: { answers } }).catch((error) => note(error.message));
  };
}

// ——— Text as Markdown has it, as far as it is asked for: code, lists, what is strong. Everything is text; nothing becomes a link or an address.
function formatted(text) {
  return text.split(/^(```[^\n]*\n[\s\S]*?(?:^```\s*$|$(?![\s\S])))/m).flatMap((part) => {
    if (part.startsWith("```")) return [make("pre", "", make("code", "", part.replace(/^```[^\n]*\n/, "").replace(/\n?```\s*$/, "")))];
    const blocks = [];
    let list = null;
    for (const line of part.split("\n")) {
      const [, bullet, item] = line.match(/^\s*([-*•]|\d+[.)])\s+(.*)/) ?? [], heading = line.match(/^#{1,6}\s+(.*)/);
      if (bullet) {
        const kind = /\d/.test(bullet) ? "ol" : "ul";
        if (list?.localName !== kind) blocks.push(list = make(kind));
        if (kind === "ol" && !list.childElementCount) list.start = parseInt(bullet);
        list.append(make("li", "", ...inline(item)));
      } else if (!line.trim()) {
        if (list === null) blocks.push(null);
        list = null;
      } else if (heading) blocks.push(make("p", "", make("strong", "", ...inline(heading[1]))), list = null);
      else if (list) list.lastElementChild.append("\n", ...inline(line.trim()));
      else if (blocks.at(-1)?.localName === "p") blocks.at(-1).append("\n", ...inline(line));
      else blocks.push(make("p", "", ...inline(line)));
    }
    return blocks.filter(Boolean);
  });
}
const inline = (text) => text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) =>
  /^`.+`$/.test(part) ? make("code", "", part.slice(1, -1)) : /^\*\*.+\*\*$/.test(part) ? make("strong", "", part.slice(2, -2)) : part);

// ——— Hands.
$("gate").onsubmit = (event) => {
  event.preventDefault();
  given = credentialsIn($("token").value.trim());
  $("token").value = $("wrong").textContent = "";
  state("", "connecting");
  again = tries = 0;
  connect();
};
$("say").onsubmit = (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text) return;
  $("text").value = "";
  grow();
  say(text);
};
function grow() {
  $("text").style.height = "auto";
  $("text").style.height = `${$("text").scrollHeight + 2}px`;
}
$("text").oninput = grow;
$("text").onkeydown = (event) => {
  // An input method ends a word with Enter too.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $("say").requestSubmit();
};
$("stop").onclick = () => call("chat.abort", { sessionKey: key }).catch((error) => note(error.message));
$("fresh").onclick = async () => {
  try {
    key = (await call("sessions.create", {})).key;
    store(sessionStorage, "appliance.session", key);
    mine.clear();
    await open();
    focusText();
  } catch (error) { note(error.message); }
};
$("leave").onclick = () => {
  keep(null);
  store(sessionStorage, "appliance.session", null);
  location.reload();
};
for (const idea of ideas) $("ideas").append(button(idea, "idea", () => say(idea)));
addEventListener("hashchange", () => { if (readAddress()) { socket && (socket.onclose = null, socket.close()); again = tries = 0; connect(); } });

readAddress();
(isKiosk ? Promise.resolve(computedKey(sessionStorage, "appliance.screen")) : browsersKey().catch(() => computedKey(localStorage, "appliance.device"))).then((found) => { device = found; connect(); });
