// Keys for the queue and the change page. Everything works without this file.
(function () {
  "use strict";

  const rows = Array.from(document.querySelectorAll(".queue-page .queue > .item"));
  const quick = document.getElementById("quick-mark");
  const mark = document.getElementById("mark");

  // On a phone the filters are folded away until asked for.
  const fold = document.querySelector(".filter-fold");
  if (fold && window.matchMedia("(max-width: 60rem)").matches) fold.open = false;

  function current() {
    return rows.findIndex((row) => row.contains(document.activeElement));
  }

  function moveTo(index) {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (!row) return;
    row.querySelector("h2 a").focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  function follow(rel) {
    const link = document.querySelector('a[rel="' + rel + '"]');
    if (link) link.click();
  }

  function verdict(number) {
    const pick = (form) => form.querySelector('button[data-key="' + number + '"]');
    if (mark) {
      mark.requestSubmit(pick(mark));
    } else if (quick && current() >= 0) {
      const row = rows[current()];
      quick.elements.change.value = row.dataset.change;
      quick.elements.group.value = row.dataset.group || "";
      sessionStorage.setItem("at", String(current()));
      quick.requestSubmit(pick(quick));
    }
  }

  const keys = {
    j: () => (rows.length ? moveTo(current() + 1) : follow("next")),
    k: () => (rows.length ? moveTo(current() - 1) : follow("prev")),
    u: () => {
      const form = document.getElementById("undo");
      if (form) form.requestSubmit();
    },
    "/": () => {
      const box = document.querySelector("input[type=search]");
      if (box) box.focus();
      else window.location.assign("/search");
    },
  };
  for (const number of ["1", "2", "3", "4"]) keys[number] = () => verdict(number);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });

  // After a verdict the next item is under the hand.
  const at = sessionStorage.getItem("at");
  if (at !== null) {
    sessionStorage.removeItem("at");
    moveTo(Number(at));
  }
})();
