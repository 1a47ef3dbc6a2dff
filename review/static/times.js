// Puts times into the reader's own zone. Without it they are UTC; UTC stays in the title.
(function () {
  "use strict";

  if (new URLSearchParams(window.location.search).get("tz")) return;
  const zone = new Intl.DateTimeFormat("en", { timeZoneName: "short" });

  function parts(text) {
    const time = new Date(text);
    if (isNaN(time)) return null;
    const two = (n) => String(n).padStart(2, "0");
    const month = time.toLocaleString("en", { month: "short" });
    const named = zone.formatToParts(time).find((part) => part.type === "timeZoneName");
    return {
      day: time.getDate() + " " + month,
      year: String(time.getFullYear()),
      clock: two(time.getHours()) + ":" + two(time.getMinutes()),
      seconds: two(time.getHours()) + ":" + two(time.getMinutes()) + ":" + two(time.getSeconds()),
      zone: named ? named.value : "",
    };
  }

  const whole = (p) => p.day + " " + p.year + " " + p.clock + " " + p.zone;

  // As corrigenda/wording.py words an interval: only what differs is repeated.
  function interval(a, b) {
    if (!a) return "by " + whole(b);
    if (a.day === b.day && a.year === b.year) {
      const clock = a.clock === b.clock ? "seconds" : "clock";
      return "between " + a.day + " " + a.year + " " + a[clock] + " and " + b[clock] + " " + b.zone;
    }
    const year = a.year === b.year ? "" : a.year + " ";
    return "between " + a.day + " " + year + a.clock + " and " + whole(b);
  }

  function localise(root) {
    for (const element of root.querySelectorAll("time[datetime]")) {
      const told = parts(element.getAttribute("datetime"));
      if (told) element.textContent = whole(told);
    }
    for (const element of root.querySelectorAll(".interval")) {
      const before = parts(element.dataset.before);
      if (before) element.textContent = interval(parts(element.dataset.after), before);
    }
  }

  window.corrigendaTimes = localise;
  localise(document);
  const told = document.querySelector(".zone-told");
  const name = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (told && name) told.textContent = "Times are those of " + name + ", with UTC in their titles.";
})();
