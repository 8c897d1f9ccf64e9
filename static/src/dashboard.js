// A dashboard: panels stream in, charts get a crosshair, time and variables stay in the address.

import { startCharts } from "./charts.js";
import { toast } from "./toast.js";

const KEPT = "[data-view], [data-edit], [data-edit-panel], [data-back], [data-print], [data-theme-switch]";
const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const body = document.body;
let asked = new Set();
let running = null;
let timer = 0;

const every = (text) => {
  const found = /^(\d+)([smhd])$/.exec(text ?? "");
  return found ? Number(found[1]) * UNITS[found[2]] : 0;
};

const grid = () => document.querySelector("[data-grid]");
const panelOf = (key) => document.querySelector(`[data-panel-id="${CSS.escape(key)}"]`);
const shown = (panel) => panel.checkVisibility() && panel.getBoundingClientRect().top < innerHeight + 400;

function query(ids, fresh) {
  const search = new URLSearchParams(location.search);
  for (const name of ["viewPanel", "kiosk", "refresh", "inline", "panelId"]) search.delete(name);
  search.set("ids", ids.join(","));
  const alone = document.querySelector(".grid.single .panel, .solo .panel");
  if (alone) {
    search.set("width", Math.round(alone.offsetWidth));
    search.set("height", Math.round(alone.offsetHeight));
  } else search.set("w", grid().clientWidth);
  if (matchMedia("(max-width: 760px)").matches) search.set("columns", "1");
  if (!fresh) search.set("fresh", "0");
  return `${body.dataset.panels}?${search}`;
}

async function load(keys, fresh, more = "") {
  if (!keys.length) return;
  for (const key of keys) {
    asked.add(key);
    const panel = panelOf(key);
    if (panel && panel.dataset.state !== "loading") panel.dataset.state = "loading";
  }
  const stop = new AbortController();
  running?.add(stop);
  try {
    const reply = await fetch(query(keys, fresh) + more, { signal: stop.signal, headers: { Accept: "application/x-ndjson" } });
    if (reply.status === 503) {
      setTimeout(() => load(keys, fresh), 1000);
      return;
    }
    if (reply.status === 401) location.reload();
    if (!reply.ok) throw new Error((await reply.json()).message);
    await read(reply.body);
  } catch (fault) {
    if (fault.name === "AbortError") return;
    toast(`Panels could not be loaded: ${fault.message}`);
    for (const key of keys) if (panelOf(key)?.dataset.state === "loading") panelOf(key).dataset.state = "error";
  }
}

async function read(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) if (line) take(JSON.parse(line));
  }
}

function take(line) {
  if (line.variables !== undefined) {
    const form = document.querySelector("[data-variables]");
    if (form && !form.contains(document.activeElement)) form.innerHTML = line.variables;
  }
  if (line.grid !== undefined) {
    grid().innerHTML = line.grid;
    grid().querySelectorAll(KEPT).forEach(keepSearch);
    asked = new Set(line.ids);
    queueMicrotask(rest);
  }
  if (line.panelId === undefined) return;
  const panel = panelOf(line.panelId);
  if (!panel) return;
  panel.querySelector("[data-panel-content]").innerHTML = line.html;
  panel.dataset.state = line.state;
  panel.querySelector(".note").textContent = line.note ?? "";
  panel.querySelector("header").classList.toggle("bare", !line.title);
  panel.querySelector("h2").textContent = line.title;
}

// What came into sight since is asked for as well, in one request.
function rest() {
  const keys = [...document.querySelectorAll("[data-panel-id]")].filter((panel) => !asked.has(panel.dataset.panelId) && shown(panel));
  load(
    keys.map((panel) => panel.dataset.panelId),
    false,
  );
}

export function refresh(fresh = true) {
  for (const stop of running ?? []) stop.abort();
  running = new Set();
  asked = new Set();
  const keys = [...document.querySelectorAll("[data-panel-id]")].filter(shown).map((panel) => panel.dataset.panelId);
  load(keys.length ? keys : [], fresh);
}

export function go(changes) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(changes)) {
    url.searchParams.delete(name);
    for (const one of Array.isArray(value) ? value : [value]) if (one !== "" && one !== null) url.searchParams.append(name, one);
  }
  location.assign(url);
}

function startRange() {
  const words = document.querySelector("[data-range-words]");
  if (words && !words.textContent) words.textContent = `${stamp(body.dataset.from)} to ${stamp(body.dataset.to)}`;
  for (const link of document.querySelectorAll("[data-quick]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      go({ from: link.dataset.quick, to: "now" });
    });
  }
  document.querySelector("[data-range-form]")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const { from, to, timezone } = event.target.elements;
    go({ from: from.value, to: to.value, timezone: timezone.value });
  });
  document.querySelector("[data-zoom-out]")?.addEventListener("click", () => {
    const [from, to] = [Number(body.dataset.from), Number(body.dataset.to)];
    const half = (to - from) / 2;
    go({ from: Math.round(from - half), to: Math.round(to + half) });
  });
  document.addEventListener("fix-range", () => go({ from: body.dataset.from, to: body.dataset.to }));
  document.addEventListener("shift-range", (event) => {
    const [from, to] = [Number(body.dataset.from), Number(body.dataset.to)];
    const half = Math.round((to - from) / 2) * event.detail;
    go({ from: from + half, to: to + half });
  });
}

const zone = () => (body.dataset.timezone.toLowerCase() === "utc" ? "UTC" : body.dataset.timezone);

export function stamp(ms) {
  return new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone: zone() }).format(Number(ms));
}

function startRefresh() {
  const choice = document.querySelector("[data-refresh-every]");
  const schedule = () => {
    clearInterval(timer);
    const wait = every(choice?.value ?? body.dataset.refresh);
    const tick = () => {
      if (document.hidden) missed = true;
      else refresh();
    };
    if (wait) timer = setInterval(tick, wait);
  };
  // A tab that nobody looks at asks for nothing; what was missed is asked for once it is looked at.
  let missed = false;
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && missed) refresh();
    if (!document.hidden) missed = false;
  });
  choice?.addEventListener("change", () => {
    const url = new URL(location.href);
    url.searchParams.set("refresh", choice.value);
    history.replaceState(null, "", url);
    schedule();
  });
  document.querySelector("[data-refresh-now]")?.addEventListener("click", () => refresh());
  schedule();
}

function startVariables() {
  const form = document.querySelector("[data-variables]");
  if (!form) return;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", (event) => {
    const { name, type } = event.target;
    if (type === "checkbox") {
      if (event.target.value === "$__all" && event.target.checked) {
        for (const box of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) box.checked = box.value === "$__all";
      } else {
        const all = form.querySelector(`[name="${CSS.escape(name)}"][value="$__all"]`);
        if (all && event.target.value !== "$__all") all.checked = false;
      }
      event.target.closest("details").addEventListener("toggle", () => apply(form, name), { once: true });
      return;
    }
    apply(form, name);
  });
}

function apply(form, name) {
  const values = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)].filter((one) => one.type !== "checkbox" || one.checked).map((one) => one.value);
  go({ [name]: values });
}

// The panels of a folded row wait in a template: nothing of them is laid out or asked for.
function unfold(row) {
  const held = row.querySelector(":scope > template");
  if (row.open && held) {
    held.replaceWith(held.content);
    row.querySelectorAll(KEPT).forEach(keepSearch);
  }
  rest();
}

function startRows() {
  document.addEventListener("toggle", (event) => event.target.matches?.("details.row") && unfold(event.target), true);
  addEventListener("scroll", () => rest(), { passive: true });
}

// Long tables begin with what is in sight; the rest is asked for when somebody scrolls or presses the button.
function startTables() {
  const grow = async (event) => {
    const table = event.target.closest?.(".table-scroll");
    const button = table?.querySelector("[data-more]");
    if (!button || button.disabled || (event.type === "click" && event.target !== button)) return;
    button.disabled = true;
    const panel = table.closest("[data-panel-id]");
    const top = () => panel.querySelector(".table-scroll")?.scrollTop ?? 0;
    const before = top();
    await load([panel.dataset.panelId], false, "&rows=all");
    const grown = panel.querySelector(".table-scroll");
    if (grown) grown.scrollTop = before;
  };
  document.addEventListener("scroll", grow, { capture: true, passive: true });
  document.addEventListener("click", grow);
}

function startSizes() {
  let size = [innerWidth, innerHeight];
  let later = 0;
  addEventListener("resize", () => {
    const alone = document.querySelector(".grid.single, .solo");
    if (innerWidth === size[0] && (!alone || innerHeight === size[1])) return;
    size = [innerWidth, innerHeight];
    clearTimeout(later);
    later = setTimeout(() => refresh(false), 200);
  });
}

// A panel alone was drawn for the size in its address; the frame that it stands in may have another.
function fitAlone() {
  const { width, height } = body.dataset;
  const panel = document.querySelector(".solo .panel");
  if (Math.abs(panel.offsetWidth - width) > 2 || Math.abs(panel.offsetHeight - height) > 2) refresh(false);
}

function startLinks() {
  document.querySelectorAll(KEPT).forEach(keepSearch);
}

function keepSearch(link) {
  const url = new URL(link.href);
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (!url.searchParams.has(name) && name !== "viewPanel") url.searchParams.append(name, value);
  }
  link.href = url;
}

export function startDashboard() {
  startCharts();
  startTables();
  startRange();
  startRefresh();
  startLinks();
  if (body.dataset.inline !== undefined) return;
  startSizes();
  if (body.dataset.solo !== undefined) {
    fitAlone();
    return;
  }
  startVariables();
  startRows();
  refresh();
}
