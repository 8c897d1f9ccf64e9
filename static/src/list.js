// The list of dashboards: arrows walk through it, x chooses a row, and what is chosen can be moved or deleted at once.
export function startList() {
  startArrows();
  startChoosing();
}

function startArrows() {
  const links = [...document.querySelectorAll("[data-list] a[data-row]")];
  const query = document.getElementById("query");
  if (links.length === 0 || !query) return;
  document.addEventListener("keydown", (event) => {
    const at = links.indexOf(document.activeElement);
    if (at < 0 && document.activeElement !== query) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      (links[at + step] ?? (step < 0 ? query : links.at(-1))).focus();
    } else if (event.key === "x" && at >= 0) {
      event.stopPropagation();
      links[at].closest("tr").querySelector('input[name="uid"]')?.click();
    }
  });
}

function startChoosing() {
  const form = document.getElementById("chosen");
  if (!form) return;
  const all = document.querySelector("[data-choose-all]");
  const boxes = [...document.querySelectorAll('input[name="uid"][form="chosen"]')];
  let last = null;

  function show() {
    const chosen = boxes.filter((box) => box.checked);
    form.hidden = chosen.length === 0;
    all.checked = chosen.length === boxes.length;
    all.indeterminate = chosen.length > 0 && !all.checked;
    form.querySelector("[data-chosen-count]").textContent = chosen.length;
    const names = chosen.map((box) => box.dataset.name);
    const some = names.slice(0, 10).join(", ");
    const text = names.length > 10 ? `${some} and ${names.length - 10} more` : some;
    for (const place of form.querySelectorAll("[data-chosen-names]")) place.textContent = text;
  }

  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  for (const box of boxes) {
    box.addEventListener("click", (event) => {
      if (event.shiftKey && last) {
        const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
        for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
      }
      last = box;
      show();
    });
  }
  form.addEventListener("reset", () => setTimeout(show));
  show();
}
