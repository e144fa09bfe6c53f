// Keeps the page current and lets the keyboard move through lists. Every page works without it.
"use strict";
(() => {
  const main = () => document.getElementById("main");
  const typing = () => /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "");
  let asked = false;
  let waiting = false;

  // Puts the page as it is now in the place of the one that is shown, unless somebody is writing into it.
  const refresh = async () => {
    if (asked || typing()) { waiting = true; return; }
    asked = true;
    waiting = false;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (answer.redirected) { location.reload(); return; }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const focus = document.activeElement?.id;
      main().replaceWith(page.getElementById("main"));
      document.title = page.title;
      if (focus) document.getElementById(focus)?.focus();
    } catch { /* the stream says when the server is back */ }
    finally {
      asked = false;
      if (waiting) setTimeout(refresh, 500);
    }
  };
  if (document.body.dataset.live && window.EventSource) {
    const events = new EventSource("/live");
    let lost = false;
    events.addEventListener("change", refresh);
    events.addEventListener("open", () => { if (lost) refresh(); lost = false; });
    events.addEventListener("error", () => { lost = true; });
    document.addEventListener("focusout", () => { if (waiting) setTimeout(refresh, 300); });
  }

  // j and k move through a list, a and d go to what approves and denies; a person still has to press it.
  document.addEventListener("keydown", (event) => {
    if (typing() || event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = [...main().querySelectorAll("[data-row]")];
    const at = rows.indexOf(document.activeElement);
    const target = {
      j: () => rows[Math.min(at + 1, rows.length - 1)],
      k: () => rows[Math.max(at - 1, 0)],
      a: () => document.getElementById("approve"),
      d: () => document.getElementById("reason"),
    }[event.key]?.();
    if (target) { event.preventDefault(); target.focus(); }
  });
})();
