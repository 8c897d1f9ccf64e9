// Changes to a dashboard go to the server one after the other; it keeps them as a draft.
import htmx from "htmx.org";
import { refresh } from "./dashboard.js";
import { toast } from "./toast.js";

const { dataset } = document.body;
const uid = () => dataset.editUid ?? dataset.dashboardUid;
let last = Promise.resolve();
let saving = false; // the dialog that saves is on its way: the page stays

// Time and variables of this page's address go on to the next one.
export function withSearch(target) {
  const url = new URL(target, location.href);
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (!url.searchParams.has(name) && !["viewPanel", "kiosk"].includes(name)) url.searchParams.append(name, value);
  }
  return url;
}

const edit = (rest = "") => withSearch(`${dataset.root}/edit/${uid()}${rest}`);

async function call(path, body) {
  const text = body ? JSON.stringify(body) : undefined;
  const reply = await fetch(`${dataset.root}/edit/${uid()}/${path}`, {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRF-Token": dataset.token },
    body: text,
    keepalive: (text?.length ?? 0) < 60_000,
  });
  if (reply.redirected) return {};
  const said = await reply.json();
  if (!reply.ok) throw new Error(said.message);
  return said;
}

// next: what to do once it is kept: "panel" (edit what was made), "rerender" (the form of the panel), "reload", "quiet", an address.
// input: the field that was changed, which is marked until then.
export function change({ changes, did, next = "reload", panel = 0, input }) {
  const folder = dataset.folder ?? "";
  input?.setAttribute("data-waiting", "");
  last = last.then(async () => {
    try {
      const kept = call("changes", { changes, did, folder, show: next === "rerender" ? panel : 0 });
      const said = await kept.finally(() => input?.removeAttribute("data-waiting"));
      await follow(said, next);
    } catch (fault) {
      toast(`Not kept: ${fault.message}`);
    }
  });
  return last;
}

// Pages with forms bring them up to date themselves (forms.js), and say by `done` that they do.
async function follow(said, next) {
  const detail = { said, next, done: undefined };
  document.dispatchEvent(new CustomEvent("draft-kept", { detail }));
  await detail.done;
  if (next === "panel") location.assign(edit(`/panel/${said.made}`));
  else if (next === "reload") {
    if (detail.done || saving) return;
    dataset.editUid ? location.reload() : location.assign(edit());
  } else if (next === "rerender" || next === "quiet") {
    for (const one of document.querySelectorAll("[data-undo], [data-discard]")) {
      one.disabled = false;
      one.hidden = false;
    }
    document.querySelector("[data-redo]")?.setAttribute("disabled", "");
    if (document.querySelector("[data-panel-id]")) refresh(false);
  } else location.assign(withSearch(next));
}

async function step(path) {
  await last;
  try {
    await call(path);
    await follow({}, "reload");
  } catch (fault) {
    toast(fault.message);
  }
}

async function paste() {
  let text = localStorage.getItem("copied-panel");
  try {
    const there = await navigator.clipboard.readText();
    if (there.trim().startsWith("{")) text = there;
  } catch {
    // the browser does not let pages read what was copied elsewhere
  }
  try {
    change({ changes: [{ do: "add panel", value: JSON.parse(text) }], did: "Paste a panel" });
  } catch {
    toast("No panel was copied");
  }
}

async function copyPanel(button) {
  const draft = dataset.editUid ? "&draft=1" : "";
  const reply = await fetch(`${dataset.root}/inspect/${uid()}/json?panel=${button.dataset.copyPanel}${draft}`);
  if (!reply.ok) return toast("This panel is not there any more");
  const text = await reply.text();
  localStorage.setItem("copied-panel", text);
  navigator.clipboard?.writeText(text).catch(() => {});
  return toast("Panel copied: paste it on any dashboard, by Add");
}

async function clicked(event) {
  const at = (selector) => event.target.closest?.(selector);
  const button = at("[data-changes]");
  if (button) {
    const { changes, did, next } = button.dataset;
    const panel = Number(document.querySelector(".editor [data-panel]")?.dataset.panel ?? 0);
    change({ changes: JSON.parse(changes), did, next: next || "reload", panel });
  } else if (at("[data-copy-panel]")) copyPanel(at("[data-copy-panel]"));
  else if (at("[data-paste-panel]")) paste();
  else if (at("[data-undo]")) step("undo");
  else if (at("[data-redo]")) step("redo");
  else if (at("[data-save]")) {
    saving = true;
    await last;
    saving = false;
    htmx.ajax("GET", at("[data-save]").dataset.save, { target: "#save-into" });
  } else if (at("a[data-keep]") && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    const { href } = at("a[data-keep]");
    await last;
    location.assign(withSearch(href));
  }
}

// A dialog that was asked for opens when it is there.
function arrived(event) {
  const dialog = event.target.closest?.("dialog");
  if (dialog && !dialog.open) dialog.showModal();
  dialog?.querySelector("[data-select]")?.select();
}

export function startChanges() {
  document.addEventListener("htmx:afterSettle", arrived);
  document.addEventListener("click", clicked);
  document.addEventListener("change-draft", (event) => change(event.detail));
}
