// Links, embedding and files of a dashboard or of one of its panels.
const { dataset } = document.body;
const part = (name) => document.querySelector(`[data-share-${name}]`);
let panel = "";

function address(path) {
  const url = new URL(path, location.href);
  for (const [name, value] of new URLSearchParams(location.search)) if (name.startsWith("var-") || name === "timezone") url.searchParams.append(name, value);
  const fixed = part("time").checked;
  url.searchParams.set("from", fixed ? dataset.from : dataset.rawFrom);
  url.searchParams.set("to", fixed ? dataset.to : dataset.rawTo);
  if (part("theme").value) url.searchParams.set("theme", part("theme").value);
  return url;
}

function fill() {
  const link = address(location.pathname);
  if (panel) link.searchParams.set("viewPanel", panel);
  part("link").value = link;
  const alone = address(`${dataset.root}/d-solo/${dataset.dashboardUid}/${dataset.slug}`);
  alone.searchParams.set("panelId", panel);
  const quoted = alone.href.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  part("snippet").value = `<iframe src="${quoted}" width="450" height="200" frameborder="0"></iframe>`;
}

export function startShare() {
  const dialog = document.getElementById("share");
  if (!dialog) return;
  dialog.addEventListener("change", fill);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-share]");
    if (!button) return;
    panel = button.dataset.share;
    part("title").textContent = `Share ${panel ? button.dataset.title || "panel" : document.querySelector("h1").textContent}`;
    part("embed").hidden = !panel;
    part("export").hidden = Boolean(panel);
    fill();
    dialog.showModal();
  });
}
