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
  part("fault").hidden = true;
  for (const file of document.querySelectorAll("[data-share-file]")) {
    const place = panel ? "d-solo" : "d";
    file.href = address(`${dataset.root}/${place}/${dataset.dashboardUid}/${dataset.slug}.${file.dataset.shareFile}`);
    if (panel) file.href += `&panelId=${panel}`;
  }
  const form = part("form");
  if (form) form.action = `${form.action.split("?")[0]}${link.search}`;
  const alone = address(`${dataset.root}/d-solo/${dataset.dashboardUid}/${dataset.slug}`);
  alone.searchParams.set("panelId", panel);
  const quoted = alone.href.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  part("snippet").value = `<iframe src="${quoted}" width="450" height="200" frameborder="0"></iframe>`;
}

async function shorten() {
  const path = new URL(part("link").value);
  const reply = await fetch(`${dataset.root}/api/short-urls`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": dataset.token },
    body: JSON.stringify({ path: (path.pathname + path.search).slice(dataset.root.length + 1) }),
  }).catch(() => null);
  if (reply?.ok) part("link").value = (await reply.json()).url;
  part("fault").textContent = "The link could not be shortened; try again, or sign in again.";
  part("fault").hidden = Boolean(reply?.ok);
}

export function startShare() {
  const dialog = document.getElementById("share");
  if (!dialog) return;
  dialog.addEventListener("change", fill);
  part("short")?.addEventListener("click", shorten);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-share]");
    if (!button) return;
    panel = button.dataset.share;
    part("title").textContent = `Share ${panel ? button.dataset.title || "panel" : document.querySelector("h1").textContent}`;
    part("embed").hidden = !panel;
    part("export").hidden = Boolean(panel);
    if (part("snapshot")) part("snapshot").hidden = Boolean(panel);
    fill();
    dialog.showModal();
  });
}
