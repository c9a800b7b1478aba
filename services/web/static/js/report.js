// A report under way: looks every second, moves the bar, and opens the page anew when there is something to show.

const room = document.querySelector("[data-report]");
const bar = room.querySelector("progress");
const PAUSE = 1000;

async function look() {
  const answer = await fetch(`/reports/${room.dataset.report}/state.json`, { headers: { "Zhurnal-Module": "1", "Zhurnal-Poll": "1" } })
    .catch(() => null);
  if (answer?.ok) {
    const { state, progress } = await answer.json();
    if (progress.done !== bar.value || !["pending", "running"].includes(state)) { location.reload(); return; }
  }
  setTimeout(look, PAUSE);
}
setTimeout(look, PAUSE);
