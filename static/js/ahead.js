// Reads what the next item is about while this one is judged, so that going on has only the form to wait for. The request that
// goes on names the item; where another one comes instead, it comes whole.
"use strict";
{
  const WAIT = 1_500;
  const OLDEST = 600_000;
  let ahead = null;
  let timer = 0;

  const read = async () => {
    const form = document.querySelector("form[data-ahead]");
    if (!form || document.visibilityState !== "visible" || document.documentElement.dataset.swapping) return;
    try {
      const answer = await fetch(form.dataset.ahead, { headers: { accept: "text/html" } });
      if (answer.status !== 200 || answer.redirected) return;
      const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-ahead-item]");
      if (!found || !form.isConnected) return;
      const panes = new Map([...found.querySelectorAll("template[data-ahead-pane]")].map((pane) => [pane.dataset.aheadPane, pane.innerHTML]));
      ahead = { item: found.dataset.aheadItem, panes, form, at: Date.now() };
    } catch { /* the next page comes whole */ }
  };

  const begin = () => {
    clearTimeout(timer);
    ahead = null;
    timer = setTimeout(read, WAIT);
  };

  const isTurning = (event) => event.detail.target?.id === "review-page";
  const isFresh = () => ahead && ahead.form.isConnected && Date.now() - ahead.at < OLDEST;

  document.addEventListener("htmx:configRequest", (event) => {
    if (isTurning(event) && isFresh()) event.detail.headers["X-Ahead"] = ahead.item;
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!isTurning(event) || !ahead) return;
    for (const [name, html] of ahead.panes) {
      const place = new RegExp(`<template\\s+data-ahead-pane="${name}"\\s*></template>`);
      event.detail.serverResponse = event.detail.serverResponse.replace(place, () => html);
    }
  });
  document.addEventListener("htmx:afterSettle", (event) => { if (event.target.id === "review-page" || event.detail.elt?.id === "review-page") begin(); });
  document.addEventListener("DOMContentLoaded", () => { if (document.querySelector("form[data-ahead]")) begin(); });
}
