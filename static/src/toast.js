// Says something for a few seconds.
export function toast(text) {
  const box = document.getElementById("toasts");
  if (!box) return;
  const note = document.createElement("div");
  note.className = "toast";
  note.textContent = text;
  box.append(note);
  setTimeout(() => note.remove(), 4000);
}
