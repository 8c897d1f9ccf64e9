// What was looked at last stays in this browser; titles and rights are asked for when it is shown.
const { dataset } = document.body;
const key = `viewed-${dataset.org ?? ""}`;
const MOST = 10;

function kept() {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? [];
  } catch {
    return [];
  }
}

async function show(list) {
  const uids = kept();
  if (!uids.length) return;
  const search = new URLSearchParams(uids.map((uid) => ["dashboardUIDs", uid]));
  const reply = await fetch(`${dataset.root}/api/search?${search}`);
  if (!reply.ok) return;
  const found = new Map((await reply.json()).map((one) => [one.uid, one]));
  for (const one of uids.map((uid) => found.get(uid)).filter(Boolean)) {
    const item = document.createElement("li");
    item.className = "named";
    const link = document.createElement("a");
    link.href = one.url.startsWith(dataset.root) ? one.url : dataset.root + one.url;
    link.textContent = one.title;
    const folder = document.createElement("span");
    folder.className = "muted small";
    folder.textContent = one.folderTitle ?? "General";
    item.append(link, " ", folder);
    list.append(item);
  }
  list.nextElementSibling.hidden = list.children.length > 0;
}

export function startViewed() {
  const { dashboardUid, solo, editUid } = dataset;
  if (dashboardUid && solo === undefined && editUid === undefined) {
    const uids = [dashboardUid, ...kept().filter((uid) => uid !== dashboardUid)];
    localStorage.setItem(key, JSON.stringify(uids.slice(0, MOST)));
  }
  const list = document.querySelector("[data-viewed]");
  if (list) show(list);
}
