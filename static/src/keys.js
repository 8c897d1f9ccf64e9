// Keys that Grafana's users know: a letter alone, or two in a row.
const root = () => document.body.dataset.root;
const click = (selector) => document.querySelector(selector)?.click();
const rows = (open) => {
  for (const row of document.querySelectorAll("details.row")) row.open = open;
};

// TV: without the rail; kiosk: without anything but panels; then as before.
function kiosk() {
  const url = new URL(location.href);
  const now = url.searchParams.get("kiosk");
  if (now === null) url.searchParams.set("kiosk", "tv");
  else if (now === "tv") url.searchParams.set("kiosk", "");
  else url.searchParams.delete("kiosk");
  location.assign(url);
}

// The panel under the pointer, or the one that has the focus.
const pointed = () => document.querySelector(".panel:hover") ?? document.activeElement?.closest?.(".panel");
const onPanel = (selector) => () => pointed()?.querySelector(selector)?.click();

function viewPointed() {
  if (document.querySelector(".grid.single")) click("[data-back]");
  else onPanel("[data-view]")();
}

function toggleLegends(panels) {
  for (const panel of panels) panel?.classList.toggle("no-legend");
}

const SINGLE = {
  "?": () => document.getElementById("keys")?.showModal(),
  "/": () => {
    const box = document.getElementById("query");
    if (box) box.focus();
    else location.assign(`${root()}/dashboards`);
  },
  a: () => click('[data-changes*="add panel"]'),
  v: viewPointed,
  e: () => (document.querySelector("[data-done]") ? click("[data-done]") : onPanel("[data-edit-panel]")()),
  i: onPanel("[data-inspect]"),
  Escape: () => {
    const url = new URL(location.href);
    if (!url.searchParams.has("kiosk")) return click("[data-done], [data-back]");
    url.searchParams.delete("kiosk");
    return location.assign(url);
  },
};

const DOUBLE = {
  gh: () => location.assign(`${root()}/`),
  dr: () => click("[data-refresh-now]"),
  dk: kiosk,
  dE: () => rows(true),
  dC: () => rows(false),
  ds: () => (document.body.dataset.editUid ? null : location.assign(`?editview=settings`)),
  dn: () => location.assign(`${root()}/dashboard/new`),
  ps: onPanel("[data-share]"),
  pd: onPanel('[data-changes*="duplicate"]'),
  pr: onPanel('[data-changes*="remove"]'),
  pl: () => toggleLegends([pointed()]),
  dl: () => toggleLegends(document.querySelectorAll(".panel")),
  gp: () => location.assign(`${root()}/profile`),
  ta: () => document.dispatchEvent(new CustomEvent("fix-range")),
  tz: () => click("[data-zoom-out]"),
  tArrowLeft: () => document.dispatchEvent(new CustomEvent("shift-range", { detail: -1 })),
  tArrowRight: () => document.dispatchEvent(new CustomEvent("shift-range", { detail: 1 })),
};

export function startKeys() {
  let first = "";
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.key === "Shift") return;
    const action = DOUBLE[first + event.key] ?? (first ? undefined : SINGLE[event.key]);
    first = !action && "gdtp".includes(event.key) ? event.key : "";
    if (!action) return;
    event.preventDefault();
    action();
  });
}
