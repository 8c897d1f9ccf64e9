// Forms are brought to what the draft holds now; where one types stays as it is, and so does what is unfolded or not kept yet.
import { Idiomorph } from "idiomorph";

const BY_SCRIPTS = ".cm-editor, [aria-invalid] + .error";
const SET_HERE = { open: "details", hidden: "[data-code]" }; // attributes that people and scripts set
const TYPED_INTO = "input:not([type=checkbox]), textarea"; // other fields send each choice at once
const callbacks = {
  beforeNodeMorphed: (old) => !old.matches?.("[aria-invalid], [data-waiting]"),
  beforeNodeRemoved: (node) => !node.matches?.(BY_SCRIPTS),
  beforeAttributeUpdated: (name, node) => !(name in SET_HERE && node.matches(SET_HERE[name])),
};

function morph(into, html) {
  const ignoreActiveValue = document.activeElement.matches(TYPED_INTO);
  Idiomorph.morph(into, html, { morphStyle: "innerHTML", ignoreActiveValue, callbacks });
  document.dispatchEvent(new CustomEvent("swapped", { detail: into }));
}

// A page of settings is read again: one change may add and remove fields, and show what it leads to.
async function refill() {
  const reply = await fetch(location.href);
  if (!reply.ok || reply.redirected) return location.reload();
  const now = new DOMParser().parseFromString(await reply.text(), "text/html");
  document.title = now.title;
  for (const part of [".topbar", "#form"]) morph(document.querySelector(part), now.querySelector(part).innerHTML);
}

function kept({ detail }) {
  const { said, next } = detail;
  if (next === "reload" && document.getElementById("form")) detail.done = refill().catch(() => location.reload());
  for (const name of ["options", "queries"]) {
    if (said[name] !== undefined) morph(document.getElementById(name), said[name]);
  }
}

export function startForms() {
  document.addEventListener("draft-kept", kept);
}
