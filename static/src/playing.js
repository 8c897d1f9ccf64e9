// A dashboard of a playlist leads on to the next one, until it is paused or stopped.
export function startPlaying() {
  const box = document.querySelector("[data-playing]");
  if (!box) return;
  const pause = box.querySelector("[data-play-pause]");
  const next = () => location.assign(box.dataset.next);
  let timer = setTimeout(next, Number(box.dataset.playing));
  pause.addEventListener("click", () => {
    const paused = pause.getAttribute("aria-pressed") !== "true";
    pause.setAttribute("aria-pressed", paused);
    pause.textContent = paused ? "Go on" : "Pause";
    clearTimeout(timer);
    if (!paused) timer = setTimeout(next, Number(box.dataset.playing));
  });
}
