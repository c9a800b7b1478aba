// Asks for the page every five seconds while it is looked at; one tab of the browser asks, the others listen.

const PAUSE = 5000;

export function watch({ course, etag, outbox, take }) {
  const url = `/journal/${course}/page.json${location.search}`;
  const name = `zhurnal:${outbox.person}:${url}`;
  const channel = self.BroadcastChannel ? new BroadcastChannel(name) : null;
  let tag = etag;
  let leading = false;
  let release = null;
  let timer = 0;

  async function ask() {
    clearTimeout(timer);
    if (!leading) { channel?.postMessage({ ask: true }); return; }
    const asked = Date.now();
    try {
      const answer = await fetch(url, {
        headers: { "Zhurnal-Module": "1", "Zhurnal-Poll": "1", ...(tag ? { "If-None-Match": tag } : {}) },
        cache: "no-store",
      });
      if (answer.status === 200) {
        const page = await answer.json();
        if (offer(page, asked)) tag = answer.headers.get("ETag") ?? "";
        channel?.postMessage({ page, asked });
      }
    } catch {
      // No network: the outbox says so, and the next look comes by itself.
    }
    clearTimeout(timer);
    if (leading) timer = setTimeout(ask, PAUSE * (0.9 + Math.random() / 5));
  }

  // An answer asked for before the last own write may not know it yet.
  function offer(page, asked) {
    if (asked <= outbox.appliedAt || outbox.sending) return false;
    take(page);
    return true;
  }

  channel?.addEventListener("message", ({ data }) => {
    if (data.page) offer(data.page, data.asked);
    else if (data.ask && leading) ask();
  });

  function lead() {
    if (leading) { ask(); return; }
    if (!navigator.locks) { leading = true; ask(); return; }
    navigator.locks.request(name, { ifAvailable: false, signal: signal() }, () => new Promise((done) => {
      release = done;
      leading = true;
      ask();
    })).catch(() => {});
    channel?.postMessage({ ask: true });
  }

  let controller = null;
  function signal() {
    controller?.abort();
    controller = new AbortController();
    return controller.signal;
  }

  function rest() {
    clearTimeout(timer);
    leading = false;
    if (release) { release(); release = null; } else controller?.abort();
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : lead()));
  addEventListener("focus", () => { if (leading) ask(); });
  if (!document.hidden) timer = setTimeout(lead, PAUSE);
  return { ask: () => { if (leading) ask(); else { clearTimeout(timer); lead(); } } };
}
