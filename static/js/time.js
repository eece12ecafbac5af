// Keeps relative times true: `<time data-relative datetime="…">` is written anew twice a minute, as domain.formats does.
"use strict";
{
  const words = (seconds) => {
    for (const [unit, size] of [["d", 86400], ["h", 3600], ["min", 60]]) {
      if (seconds >= size) return `${Math.floor(seconds / size)} ${unit} ago`;
    }
    return seconds < 10 ? "just now" : `${Math.floor(seconds)} s ago`;
  };

  setInterval(() => {
    for (const time of document.querySelectorAll("time[data-relative]")) {
      const text = words((Date.now() - Date.parse(time.dateTime)) / 1000);
      if (time.textContent !== text) time.textContent = text;
    }
  }, 30_000);
}
