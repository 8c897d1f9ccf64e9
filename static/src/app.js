// Small scripts for every page; the dashboard's own are loaded with them, for a page must show in a blink.
import htmx from "htmx.org";
import { startAnnotate } from "./annotate.js";
import { startChanges } from "./changes.js";
import { startDashboard } from "./dashboard.js";
import { startInspect } from "./inspect.js";
import { startKeys } from "./keys.js";
import { startList } from "./list.js";
import { startPlaying } from "./playing.js";
import { startShare } from "./share.js";
import { toast } from "./toast.js";
import { startViewed } from "./viewed.js";

const body = document.body;
document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = body.dataset.token;
});

function startMenus() {
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
    const opener = event.target.closest("[data-dialog]");
    if (opener) document.getElementById(opener.dataset.dialog).showModal();
    if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
    if (event.target.closest("[data-rail]")) document.querySelector(".rail").classList.toggle("open");
    const copier = event.target.closest("[data-copy]");
    if (copier) copy(document.getElementById(copier.dataset.copy));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details.menu[open]");
    if (open) {
      event.preventDefault();
      open.open = false;
      open.querySelector("summary").focus();
    }
  });
}

async function copy(input) {
  input.select?.();
  try {
    await navigator.clipboard.writeText(input.value);
    toast("Copied");
  } catch {
    toast("Press Ctrl C to copy");
  }
}

function startFiles() {
  for (const input of document.querySelectorAll("[data-file-into]")) {
    input.addEventListener("change", async () => {
      const [file] = input.files;
      if (file) document.getElementById(input.dataset.fileInto).value = await file.text();
    });
  }
}

function startTrying() {
  for (const form of document.querySelectorAll("[data-try]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const { method } = form.closest("[data-method]").dataset;
      const out = form.querySelector("pre");
      const sends = Boolean(form.elements.body);
      const options = { method, headers: sends ? { "Content-Type": "application/json" } : {} };
      if (sends) options.body = form.elements.body.value;
      const reply = await fetch(form.elements.path.value, options);
      out.hidden = false;
      out.textContent = `${reply.status} ${reply.statusText}\n${await reply.text()}`;
    });
  }
}

// The server draws axes in the browser's zone where a dashboard asks for it.
function tellZone() {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser yet
  if (timeZone) document.cookie = `zone=${timeZone}; path=${body.dataset.root || "/"}; max-age=31536000; samesite=lax`;
}

// On a phone tabs are a strip, which shows the one that one is at.
function showTab() {
  if (!matchMedia("(max-width: 760px)").matches) return;
  document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
}

// A refusal of a form is shown where the form was.
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[2345]..", swap: true },
];

tellZone();
showTab();
startMenus();
startChanges();
startShare();
startInspect();
startAnnotate();
startPlaying();
startViewed();
startList();
startFiles();
startTrying();
startKeys();
if (body.dataset.dashboardUid) startDashboard();
