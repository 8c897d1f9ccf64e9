// What stands behind a panel, in a dialog with tabs.
const { dataset } = document.body;

async function open(key) {
  const dialog = document.getElementById("inspect");
  const into = dialog.querySelector("[data-inspect-into]");
  into.innerHTML = "<p class=muted>Asking…</p>";
  dialog.showModal();
  const search = new URLSearchParams(location.search);
  search.set("panel", key);
  if (dataset.editUid) search.set("draft", "1");
  search.set("w", document.querySelector("[data-grid]")?.clientWidth ?? 1000);
  const reply = await fetch(`${dataset.root}/inspect/${dataset.dashboardUid}?${search}`);
  if (reply.ok) into.innerHTML = await reply.text();
  else into.innerHTML = "<p class=bad>This panel cannot be inspected: it may have been removed.</p>";
}

function choose(tab) {
  for (const one of tab.parentElement.children) {
    const chosen = one === tab;
    one.setAttribute("aria-selected", chosen);
    one.tabIndex = chosen ? 0 : -1;
    document.getElementById(one.getAttribute("aria-controls")).hidden = !chosen;
  }
  tab.focus();
}

export function startInspect() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-inspect]");
    if (button) open(button.dataset.inspect);
    const tab = event.target.closest?.("[role=tab]");
    if (tab) choose(tab);
  });
  document.addEventListener("keydown", (event) => {
    const tab = event.target.closest?.("[role=tab]");
    const next = { ArrowRight: tab?.nextElementSibling, ArrowLeft: tab?.previousElementSibling }[event.key];
    if (next) choose(next);
  });
}
