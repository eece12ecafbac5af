// A wait of more than 300 ms shows itself (html[data-busy]); a form that is on its way is not sent twice.
"use strict";
{
  const PATIENCE = 300;
  const page = document.documentElement;
  let waiting = 0;
  let timer;

  const begin = () => {
    waiting += 1;
    timer ??= setTimeout(() => { page.dataset.busy = "true"; }, PATIENCE);
  };
  const end = () => {
    waiting = Math.max(0, waiting - 1);
    if (waiting > 0) return;
    clearTimeout(timer);
    timer = undefined;
    delete page.dataset.busy;
  };

  document.addEventListener("htmx:beforeRequest", begin);
  document.addEventListener("htmx:afterRequest", end);
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.matches("[hx-post], [data-hx-post], [method=dialog]")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (form.method === "post") form.dataset.sent = "true";
    begin();
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
    waiting = 0;
    end();
  });
}
