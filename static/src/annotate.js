// Annotations by hand: Ctrl and a click (or a drag) on a chart makes one, a click on one changes it.
import { refresh } from "./dashboard.js";

const { dataset } = document.body;
let now = null;

const field = (name) => document.querySelector(`[data-note-${name}]`);

function fault(text) {
  field("fault").textContent = text;
  field("fault").hidden = !text;
}

async function send(method, path, body) {
  const reply = await fetch(`${dataset.root}/api/annotations${path}`, {
    method,
    headers: { "Content-Type": "application/json", "X-CSRF-Token": dataset.token },
    body: JSON.stringify(body),
  }).catch(() => null);
  if (reply?.ok) {
    document.getElementById("annotate").close();
    refresh();
  } else {
    fault(reply ? ((await reply.json().catch(() => ({}))).message ?? "It could not be saved.") : "The server does not answer; try again.");
  }
}

const tags = () =>
  field("tags")
    .value.split(",")
    .map((one) => one.trim())
    .filter(Boolean);

function save(event) {
  event.preventDefault();
  const said = { text: field("text").value, tags: tags() };
  if (now.id) send("PATCH", `/${now.id}`, said);
  else send("POST", "", { ...said, dashboardUID: dataset.dashboardUid, panelId: now.panel, time: now.time, timeEnd: now.timeEnd });
}

function open(what, heading) {
  now = what;
  fault("");
  field("heading").textContent = heading;
  field("text").value = what.text ?? "";
  field("tags").value = what.tags ?? "";
  field("delete").hidden = !what.id;
  document.getElementById("annotate").showModal();
  field("text").focus();
}

export const mayAnnotate = () => Boolean(document.getElementById("annotate"));

// panel: its number; a repeat's key begins with it.
export function annotate(panel, time, timeEnd) {
  const number = Number.parseInt(panel, 10) || 0;
  open({ panel: number, time: Math.round(time), timeEnd: Math.round(timeEnd) }, "Add annotation");
}

function change(note) {
  open({ id: Number(note.dataset.note), text: note.dataset.text, tags: note.dataset.tags }, `Annotation of ${note.dataset.when}`);
}

export function startAnnotate() {
  if (!mayAnnotate()) return;
  document.getElementById("annotate").querySelector("form").addEventListener("submit", save);
  field("delete").addEventListener("click", () => send("DELETE", `/${now.id}`, {}));
  const chosen = (event) => event.target.closest?.(".annotation:not([data-note='0'])");
  document.addEventListener("click", (event) => {
    const note = chosen(event);
    if (note) change(note);
  });
  document.addEventListener("keydown", (event) => {
    const note = event.key === "Enter" && chosen(event);
    if (note) change(note);
  });
}
