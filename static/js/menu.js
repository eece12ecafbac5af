// details[data-menu] is a menu: a click beside it or Escape closes it, and Escape gives the focus back to what opened it.
"use strict";
{
  const opened = () => document.querySelectorAll("details[data-menu][open]");

  document.addEventListener("click", (event) => {
    opened().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    opened().forEach((menu) => {
      const held = menu.contains(document.activeElement);
      menu.open = false;
      if (held) menu.querySelector("summary").focus();
    });
  });
}
