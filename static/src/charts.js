// Charts drawn by the server get what a hand can do: crosshair, tooltip, drag to zoom, series on and off.
import { annotate, mayAnnotate } from "./annotate.js";
import { go, stamp } from "./dashboard.js";
import { written } from "./units.js";

const NS = "http://www.w3.org/2000/svg";
const cache = new WeakMap();
let drag = null;

function chartOf(svg) {
  let found = cache.get(svg);
  if (!found) {
    const [left, top, width, height] = svg.dataset.plot.split(" ").map(Number);
    const data = JSON.parse(svg.parentElement.querySelector("[data-hover]").textContent);
    found = { left, top, width, height, data, off: new Set() };
    cache.set(svg, found);
  }
  return found;
}

const timeAt = (chart, x) => chart.data.from + ((x - chart.left) / chart.width) * (chart.data.to - chart.data.from);
const xAt = (chart, time) => chart.left + ((time - chart.data.from) / (chart.data.to - chart.data.from)) * chart.width;

function nearest(times, time) {
  let [low, high] = [0, times.length - 1];
  while (high - low > 1) {
    const mid = (low + high) >> 1;
    if (times[mid] < time) low = mid;
    else high = mid;
  }
  return Math.abs(times[low] - time) <= Math.abs(times[high] - time) ? low : high;
}

function line(svg, name, make) {
  let found = svg.querySelector(`.${name}`);
  if (!found) {
    found = document.createElementNS(NS, make);
    found.setAttribute("class", name);
    svg.append(found);
  }
  return found;
}

function crosshair(svg, time) {
  const chart = chartOf(svg);
  const x = Math.max(chart.left, Math.min(chart.left + chart.width, xAt(chart, time)));
  line(svg, "crosshair", "path").setAttribute("d", `M${x.toFixed(1)} ${chart.top}v${chart.height}`);
}

function rows(chart, time) {
  const found = [];
  for (const [i, series] of chart.data.series.entries()) {
    if (chart.off.has(i) || !series.t.length) continue;
    const at = nearest(series.t, time);
    const value = series.v[at];
    if (value === null) continue;
    found.push({ i, name: series.name, color: series.color, value, time: series.t[at], text: series.text ? series.text[at] : written(value, series.unit, series.decimals) });
  }
  if (chart.data.sort === "asc") found.sort((a, b) => a.value - b.value);
  if (chart.data.sort === "desc") found.sort((a, b) => b.value - a.value);
  return found;
}

// What an annotation says, in place of the values.
function noted(note) {
  const { when, title, text, tags } = note.dataset;
  const head = document.createElement("strong");
  head.textContent = when;
  const rest = [title, text, tags && `Tags: ${tags}`].filter(Boolean).map((words) => {
    const made = document.createElement("p");
    made.textContent = words;
    return made;
  });
  return [head, ...rest];
}

function tooltip(svg, chart, event, time, y) {
  const box = document.getElementById("crosshair-tip");
  const note = event.target.closest(".annotation");
  if (note) {
    show(box, event, noted(note));
    return;
  }
  let found = chart.data.mode === "none" ? [] : rows(chart, time);
  if (!found.length) {
    box.hidden = true;
    return;
  }
  if (chart.data.mode === "single") found = [closest(svg, found, y)];
  const head = document.createElement("strong");
  head.textContent = stamp(found[0].time);
  show(box, event, [head, ...found.slice(0, 30).map(row)]);
}

function show(box, event, children) {
  box.replaceChildren(...children);
  box.hidden = false;
  const { width, height } = box.getBoundingClientRect();
  box.style.left = `${Math.max(4, event.clientX + 14 + width > innerWidth ? event.clientX - width - 14 : event.clientX + 14)}px`;
  box.style.top = `${Math.max(4, Math.min(innerHeight - height - 4, event.clientY + 14))}px`;
}

// Without pixels of each point, the series whose value stands nearest between least and greatest is taken.
function closest(svg, found, y) {
  const chart = chartOf(svg);
  const values = found.map((one) => one.value);
  const [low, high] = [Math.min(...values, 0), Math.max(...values)];
  const wanted = low + (1 - (y - chart.top) / chart.height) * (high - low || 1);
  return found.reduce((best, one) => (Math.abs(one.value - wanted) < Math.abs(best.value - wanted) ? one : best));
}

function row(one) {
  const made = document.createElement("div");
  const name = document.createElement("span");
  const mark = document.createElement("i");
  mark.style.background = one.color;
  name.append(mark, one.name);
  const value = document.createElement("b");
  value.textContent = one.text;
  made.append(name, value);
  return made;
}

function move(event) {
  const svg = event.target.closest?.("svg.plot");
  if (drag) brush(event);
  if (!svg) {
    leave();
    return;
  }
  const chart = chartOf(svg);
  const box = svg.getBoundingClientRect();
  const [x, y] = [event.clientX - box.left, event.clientY - box.top];
  if (x < chart.left || x > chart.left + chart.width) {
    leave();
    return;
  }
  const time = timeAt(chart, x);
  const all = document.body.dataset.tooltip !== "0" ? document.querySelectorAll("svg.plot") : [svg];
  for (const one of all) crosshair(one, time);
  tooltip(svg, chart, event, time, y);
}

function leave() {
  for (const one of document.querySelectorAll(".crosshair")) one.remove();
  const box = document.getElementById("crosshair-tip");
  if (box) box.hidden = true;
}

function brush(event) {
  const { svg, from } = drag;
  const chart = chartOf(svg);
  const x = Math.max(chart.left, Math.min(chart.left + chart.width, event.clientX - svg.getBoundingClientRect().left));
  const rect = line(svg, "brush", "rect");
  drag.to = x;
  rect.setAttribute("x", Math.min(from, x));
  rect.setAttribute("y", chart.top);
  rect.setAttribute("width", Math.abs(x - from));
  rect.setAttribute("height", chart.height);
}

function start(event) {
  const svg = event.target.closest?.("svg.plot");
  if (!svg || event.button !== 0 || event.target.closest(".annotation")) return;
  const x = event.clientX - svg.getBoundingClientRect().left;
  const chart = chartOf(svg);
  if (x < chart.left || x > chart.left + chart.width) return;
  drag = { svg, from: x, to: x };
  event.preventDefault();
}

function stop(event) {
  if (!drag) return;
  const { svg, from, to } = drag;
  drag = null;
  svg.querySelector(".brush")?.remove();
  const chart = chartOf(svg);
  const [a, b] = [timeAt(chart, Math.min(from, to)), timeAt(chart, Math.max(from, to))];
  const small = Math.abs(to - from) < 6;
  if ((event.ctrlKey || event.metaKey) && mayAnnotate()) {
    annotate(svg.closest("[data-panel-id]").dataset.panelId, a, small ? a : b);
    return;
  }
  if (small) return;
  go({ from: Math.round(a), to: Math.round(b) });
}

// A click shows the series alone, with Ctrl it comes and goes, with Shift all from the one before to this one show.
function toggle(button, together, range) {
  const chart = button.closest(".chart");
  const svg = chart.querySelector("svg.plot");
  const state = chartOf(svg);
  const index = Number(button.dataset.series);
  const count = state.data.series.length;
  if (range && state.last !== undefined) {
    const [a, b] = [Math.min(state.last, index), Math.max(state.last, index)];
    state.off = new Set([...Array(count).keys()].filter((i) => i < a || i > b));
  } else if (together) {
    if (state.off.has(index)) state.off.delete(index);
    else state.off.add(index);
  } else {
    const alone = state.off.size === count - 1 && !state.off.has(index);
    state.off = new Set(alone ? [] : [...Array(count).keys()].filter((i) => i !== index));
  }
  if (!range) state.last = index;
  for (const one of svg.querySelectorAll(".series")) one.classList.toggle("off", state.off.has(Number(one.dataset.series)));
  for (const one of chart.querySelectorAll(".legend button")) one.classList.toggle("off", state.off.has(Number(one.dataset.series)));
}

export function startCharts() {
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerdown", start);
  document.addEventListener("pointerup", stop);
  document.addEventListener("pointerleave", leave);
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".legend button[data-series]");
    if (button && button.dataset.series !== "-1") toggle(button, event.ctrlKey || event.metaKey, event.shiftKey);
  });
}
