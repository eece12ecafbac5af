// While somebody sits before [data-heartbeat="address"] (the page is visible, and used within two minutes): tells
// the server every 20 s, so that its items stay theirs, and counts the time into its input[data-active-time]; of several
// items into that of the current one.
"use strict";
{
  const IDLE = 120_000;
  const BEAT = 20_000;
  const TICK = 1_000;
  const LONGEST_TICK = 5_000;
  let used = Date.now();
  let ticked = Date.now();

  const isPresent = () => document.visibilityState === "visible" && Date.now() - used < IDLE;

  const tick = () => {
    const passed = Date.now() - ticked;
    ticked = Date.now();
    const clock = document.querySelector("[data-heartbeat] [data-row][data-current] input[data-active-time], form[data-heartbeat] input[data-active-time]");
    if (clock && isPresent()) clock.value = String(Number(clock.value) + Math.min(passed, LONGEST_TICK)); // a machine may have slept
  };

  const tell = (words) => {
    const place = document.querySelector("[data-lease]");
    if (!place || place.textContent === words) return;
    place.textContent = words;
    place.hidden = words === "";
  };

  const beat = async () => {
    const place = document.querySelector("[data-heartbeat]");
    const items = [...(place?.querySelectorAll("input[name=item]") ?? [])];
    if (!place || items.length === 0 || !isPresent() || document.documentElement.dataset.swapping) return;
    const body = new FormData();
    body.set("csrfmiddlewaretoken", place.querySelector("[name=csrfmiddlewaretoken]").value);
    items.forEach((item) => body.append("item", item.value));
    try {
      const answer = await fetch(place.dataset.heartbeat, { method: "POST", body, headers: { accept: "application/json" } });
      if (!place.isConnected) return;
      if (answer.redirected || answer.status === 403) { tell("You are signed out. Sign in in another tab, then reload this page; what you typed comes back."); return; }
      if (answer.ok) tell((await answer.json()).lost ?? "");
    } catch { /* the network is away; the draft's own line says so */ }
  };

  for (const sign of ["pointerdown", "keydown"]) { // what submits sends the time up to this moment
    document.addEventListener(sign, () => { used = Date.now(); tick(); }, { passive: true, capture: true });
  }
  for (const sign of ["pointermove", "wheel", "touchstart", "scroll"]) {
    document.addEventListener(sign, () => { used = Date.now(); }, { passive: true, capture: true });
  }
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") { used = Date.now(); beat(); } });
  setInterval(tick, TICK);
  setInterval(beat, BEAT);
}
