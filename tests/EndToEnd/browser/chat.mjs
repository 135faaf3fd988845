// Opens the gateway's own page as a person does, and tells as JSON what came of it.
// usage: node chat.mjs ADDRESS TOKEN LINK-FOR-THE-OWNER LINK-FOR-A-SCREEN [FOLDER-FOR-PICTURES]
import { openBrowser } from "./browser.mjs";

const [address, token, link, screenLink, pictures] = process.argv.slice(2);
const browser = await openBrowser();
const told = {};
const isIn = "document.querySelector('#state').className === 'on'";
const isAnswered = (count) => `document.querySelectorAll('.text:not(:empty)').length === ${count} && document.querySelector('#stop').hidden`;
const log = (page) => page.evaluate("document.querySelector('#log').innerText");
const picture = (page, name) => (pictures ? page.shot(`${pictures}/${name}.png`) : null);
try {
  // Without a token, and with a wrong one.
  const page = await browser.openPage(`${address}/`);
  await page.until("!document.querySelector('#gate').hidden");
  told.focus = await page.evaluate("document.activeElement.id");
  await page.type("#token", "not the token");
  await page.press("Enter");
  told.wrong = await page.until("document.querySelector('#wrong').textContent");
  await picture(page, "gate");

  await page.type("#token", token);
  await page.press("Enter");
  await page.until(isIn);
  await picture(page, "empty");
  await page.type("#text", "hello");
  await page.press("Enter");
  await page.until(isAnswered(1));
  await page.type("#text", "add milk to the shopping list");
  await page.press("Enter");
  await page.until(`${isAnswered(2)} && /milk/.test(document.querySelector('#said').textContent)`);
  told.said = await page.evaluate("document.querySelector('#said').textContent");
  told.log = await log(page);
  told.kept = await page.evaluate("Object.keys(JSON.parse(sessionStorage.appliance)).sort().join() + '|' + (localStorage.appliance ?? '')");
  told.secret = await page.evaluate("(JSON.stringify({ ...sessionStorage }) + JSON.stringify({ ...localStorage }) + location.href)") .then((all) => all.includes(token));

  // It is still there after a reload, by what the gateway gave this browser.
  await page.reload();
  await page.until(`${isIn} && ${isAnswered(2)}`);
  told.again = await log(page);

  // Somebody else asks for a command (the test does, when it reads this line).
  console.log(JSON.stringify({ ready: true }));
  await page.until("document.querySelector('.ask')");
  told.ask = await page.evaluate("document.querySelector('.ask').innerText");
  await picture(page, "approval");
  await page.click(".ask .main");
  await page.until("!document.querySelector('.ask')");
  told.allowed = await page.evaluate("document.querySelector('#log').lastElementChild.textContent");

  // A link with the token, on a phone that is dark: the address bar forgets it.
  const phone = await browser.openPage(`${address}/#token=${token}`, { width: 390, height: 844, scale: 2, touch: true, dark: true });
  await phone.until(`${isIn} && ${isAnswered(2)}`);
  told.address = await phone.evaluate("location.href");
  told.wide = await phone.evaluate("document.documentElement.scrollWidth");
  told.dark = await phone.evaluate("getComputedStyle(document.body).backgroundColor");
  await picture(phone, "phone");
  await phone.click("#leave");
  await phone.until("!document.querySelector('#gate').hidden");

  // A link with a code lets one browser in, and it once.
  const linked = await browser.openPage(link);
  await linked.until(`${isIn} && ${isAnswered(2)}`);
  const late = await browser.openPage(link);
  await late.until("!document.querySelector('#gate').hidden");
  told.late = await late.until("document.querySelector('#wrong').textContent");

  // A screen of the box's own: another person, whose conversation is another.
  const screen = await browser.openPage(screenLink, { width: 1280, height: 800 });
  await screen.until(isIn);
  told.screen = await screen.evaluate("[document.querySelector('#leave').hidden, document.querySelector('#log').childElementCount, hexOf(sha2(device.key, false))].join()");
  await picture(screen, "screen");
  // A finger has a keyboard there, and only there.
  const keys = "!document.querySelector('#keys').hidden";
  await screen.tap("#text");
  await screen.until(keys);
  for (const name of ["Shift", "t", "h", "a", "n", "x", "Delete", "k", "Space", "y", "o", "Letters or signs", "ü", "Delete", "Letters or signs", "u"]) {
    const of = (label) => `#keys [aria-label="${label}"]`;
    await screen.tap(await screen.evaluate(`document.querySelector(${JSON.stringify(of(name))}) !== null`) ? of(name) : of(name.toUpperCase()));
  }
  told.typed = await screen.evaluate("[document.querySelector('#text').value, document.activeElement.id].join()");
  await picture(screen, "keys");
  await screen.tap('#keys [aria-label="Enter"]');
  await screen.until(isAnswered(1));
  told.fingers = await log(screen);
  await screen.press("Tab");
  told.keys = await screen.evaluate(keys);
  await linked.evaluate("document.querySelector('#text').dispatchEvent(new PointerEvent('click', { pointerType: 'touch', bubbles: true }))");
  told.keysElsewhere = await linked.evaluate(keys);
  await screen.reload();
  await screen.until(isIn);

  // What the page was refused, its own policy included; the wrong token's end of a WebSocket is none of it.
  told.faults = [page, phone, linked, late, screen].flatMap((one) => one.faults);
  told.elsewhere = [page, phone, linked, late, screen].flatMap((one) => one.requests).filter((url) => !url.startsWith(address) && !url.startsWith(address.replace("http", "ws")) && !url.startsWith("data:"));
} catch (fault) {
  told.error = String(fault);
}
console.log(JSON.stringify(told));
await browser.close();
