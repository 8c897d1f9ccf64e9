// Pages that edit: every input says where it writes; the grid is moved by mouse, touch and keys.
import { GridStack } from "gridstack";
import { startForms } from "./forms.js";

const { dataset } = document.body;
const send = (detail) => document.dispatchEvent(new CustomEvent("change-draft", { detail }));

const READ = {
  flag: (input) => input.checked,
  number: (input) => (input.value === "" ? undefined : Number(input.value)),
  jsonchoice: (input) => JSON.parse(input.value),
  json: (input) => (input.value.trim() === "" ? undefined : JSON.parse(input.value)),
  reducers: (input) => [...input.selectedOptions].map((one) => one.value),
  numbers: (input) => [...input.selectedOptions].map((one) => Number(one.value)),
  list: (input) =>
    input.value
      .split(",")
      .map((one) => one.trim())
      .filter(Boolean),
};

function written(input) {
  const { kind, path, empty, panel, first, also } = input.dataset;
  const value = (READ[kind] ?? ((one) => one.value))(input);
  const at = { path: JSON.parse(path), ...(panel ? { panel: Number(panel) } : {}) };
  const gone = value === undefined || (value === "" && (empty === "unset" || kind === "unit" || kind === "color"));
  const changes = [gone ? { do: "unset", ...at } : { do: input.dataset.do ?? "set", ...at, value }];
  if (also) changes.push({ do: "set", path: JSON.parse(also), value });
  return [...(first ? JSON.parse(first) : []), ...changes];
}

// What is wrong stands below its field; what was typed stays.
function blame(input, words) {
  const below = input.nextElementSibling?.matches?.(".error") ? input.nextElementSibling : null;
  input.toggleAttribute("aria-invalid", Boolean(words));
  if (!words) below?.remove();
  else {
    const said = below ?? document.createElement("p");
    said.className = "error";
    said.setAttribute("role", "alert");
    said.textContent = words;
    input.after(said);
  }
}

function changed(event) {
  const input = event.target;
  const { did, panel, path, rename, replace, add, rerender, first } = input.dataset;
  const board = document.querySelector(".editor");
  const number = Number(panel ?? board?.querySelector("[data-panel]")?.dataset.panel ?? 0);
  const again = input.closest("[data-form-next]")?.dataset.formNext ?? (rerender !== undefined || first ? (board ? "rerender" : "reload") : "quiet");
  blame(input, "");
  try {
    if (path) send({ changes: written(input), did, next: again, panel: number, input });
    else if (rename) {
      const change = { do: "rename", panel: number, path: JSON.parse(rename), from: input.dataset.from, to: input.value };
      send({ changes: [change], did, next: "rerender", panel: number, input });
    } else if (replace !== undefined) {
      JSON.parse(input.value);
      const change = { do: "replace", text: input.value, ...(replace ? { panel: Number(replace) } : {}) };
      send({ changes: [change], did, next: replace ? "rerender" : "reload", panel: number, input });
    } else if (add && input.value) send({ changes: [{ ...JSON.parse(add), value: JSON.parse(input.value) }], did, next: "rerender", panel: number, input });
  } catch (fault) {
    blame(input, `This is not JSON: ${fault.message}`);
  }
}

// Options are found by their words; a heading goes with the last of its options.
function search(text) {
  const wanted = text.trim().toLowerCase();
  for (const one of document.querySelectorAll("[data-option]")) one.hidden = Boolean(wanted) && !one.dataset.option.includes(wanted);
  for (const one of document.querySelectorAll(".options-section")) {
    one.hidden = Boolean(wanted) && ![...one.querySelectorAll("[data-option]")].some((option) => !option.hidden);
    if (wanted) one.open = true;
  }
}

function swatches() {
  for (const input of document.querySelectorAll("[data-swatch]")) {
    const plain = input.value.replace(/^(super-light|light|semi-dark|dark)-/, "");
    input.style.boxShadow = input.value ? `inset 6px 0 0 ${CSS.supports("color", plain) ? plain : "transparent"}` : "";
  }
}

function sections() {
  return [...document.querySelectorAll(".grid-stack")].map((one) => ({
    row: one.dataset.section ? Number(one.dataset.section) : null,
    panels: one.gridstack.engine.nodes.map(({ id, x, y, w, h }) => ({ id: Number(id), x, y, w, h })),
  }));
}

let later = 0;
function arranged(did) {
  clearTimeout(later);
  later = setTimeout(() => send({ changes: [{ do: "arrange", sections: sections() }], did, next: "quiet" }), 150);
}

const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function moved(event) {
  const by = KEYS[event.key];
  const item = event.target.closest?.("[data-grip]")?.closest(".grid-stack-item");
  if (!by || !item) return;
  event.preventDefault();
  const { x, y, w, h, grid } = item.gridstackNode;
  const [dx, dy] = by;
  if (event.shiftKey) grid.update(item, { w: Math.max(1, w + dx), h: Math.max(1, h + dy) });
  else grid.update(item, { x: Math.max(0, x + dx), y: Math.max(0, y + dy) });
}

function startGrid() {
  if (!document.querySelector(".grid-stack") || matchMedia("(max-width: 760px)").matches) {
    document.querySelector("[data-editing]")?.classList.add("stacked");
    return;
  }
  const grids = GridStack.initAll({
    column: 24,
    cellHeight: 38,
    margin: 4,
    handle: ".panel > header, .grip",
    acceptWidgets: true,
    resizable: { handles: "e, se, s, sw, w" },
    alwaysShowResizeHandle: "mobile",
  });
  for (const grid of grids) {
    grid.on("change", () => arranged("Move or resize panels"));
    grid.on("dropped", () => arranged("Move a panel to another row"));
  }
}

function shortcuts(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
  const key = event.key.toLowerCase();
  const typing = event.target.closest?.("input, textarea, .cm-editor");
  const selector = key === "s" ? "[data-save]" : typing ? "" : key === "z" && !event.shiftKey ? "[data-undo]" : key === "y" || key === "z" ? "[data-redo]" : "";
  if (!selector) return;
  event.preventDefault();
  if (key === "s") document.activeElement?.blur?.();
  document.querySelector(selector)?.click();
}

// What the form of saving sends along: the time and variables of the page.
document.addEventListener("htmx:configRequest", (event) => {
  const form = event.target.closest?.("[data-save-form]");
  if (!form) return;
  event.detail.parameters.append("search", location.search);
  event.detail.parameters.append("from", dataset.rawFrom ?? "");
  event.detail.parameters.append("to", dataset.rawTo ?? "");
  for (const [name, value] of new URLSearchParams(location.search)) if (name.startsWith("var-")) event.detail.parameters.append(name, value);
});

document.addEventListener("change", changed);
document.addEventListener("change", swatches);
document.addEventListener("swapped", () => {
  swatches();
  search(document.querySelector("[data-option-search]")?.value ?? "");
});
document.addEventListener("keydown", moved);
document.addEventListener("keydown", shortcuts);
document.querySelector("[data-option-search]")?.addEventListener("input", (event) => search(event.target.value));
startGrid();
startForms();
swatches();
