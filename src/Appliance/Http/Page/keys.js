
// ——— A keyboard for fingers on the box's own screen, where nothing else brings one: it comes where a field is touched, and goes where a real key is pressed.
const sheets = ["qwertyuiop asdfghjkl ⇧zxcvbnm⌫", "QWERTYUIOP ASDFGHJKL ⇧ZXCVBNM⌫", "1234567890 -/:;()&@\"' !+=%€äöüß⌫"];
const called = { "⇧": "Shift", "⌫": "Delete", "⇄": "Letters or signs", "␣": "Space", "⏎": "Enter" };
let field = null, sheet = 0;

function showKeys(which) {
  sheet = which;
  $("keys").replaceChildren(...`${sheets[which]} ⇄,␣.?⏎`.split(" ").map((row) => make("div", "", ...Array.from(row, cap))));
  $("keys").hidden = false;
}
const cap = (sign) => Object.assign(button(sign === "␣" ? "" : sign, sign === "␣" ? "space" : "", () => press(sign)), { ariaLabel: called[sign] ?? sign });
function press(sign) {
  if (sign === "⏎") field.form.requestSubmit();
  else if (sign === "⇄") showKeys(sheet === 2 ? 0 : 2);
  else if (sign === "⇧") showKeys(1 - sheet);
  else {
    const { selectionStart: from, selectionEnd: to } = field;
    if (sign === "⌫") field.setRangeText("", from === to ? Math.max(0, from - 1) : from, to, "end");
    else field.setRangeText(sign === "␣" ? " " : sign, from, to, "end");
    field.dispatchEvent(new Event("input"));
    if (sheet === 1) showKeys(0);
  }
}
// The field keeps its caret while keys are touched.
$("keys").onmousedown = (event) => event.preventDefault();
// At the end of a touch: what came up under a finger that is still there would be pressed by it.
addEventListener("click", (event) => {
  if (event.composedPath().includes($("keys"))) return;
  const touched = event.target.closest("textarea, input[type=text], input[type=password]");
  if (isKiosk && event.pointerType === "touch" && touched) [field] = [touched, showKeys(0)];
  else $("keys").hidden = true;
});
addEventListener("keydown", () => { $("keys").hidden = true; });
