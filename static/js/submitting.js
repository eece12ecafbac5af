// [data-submits]: the one answer that a queue asks for is given and submitted at once. Walking along the answers with the
// arrow keys chooses none of them.
"use strict";
{
  let walks = false;
  document.addEventListener("keydown", (event) => { walks = event.key.startsWith("Arrow"); }, true);
  document.addEventListener("pointerdown", () => { walks = false; }, true);
  document.addEventListener("click", (event) => {
    const option = event.target.closest("input[data-submits]");
    if (!option || walks || document.documentElement.dataset.swapping) return;
    option.form.requestSubmit(option.form.querySelector("[data-submit]"));
  });
}
