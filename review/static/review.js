// The queue at reading speed: open in place, judge, go on. Everything works without this file.
(function () {
  "use strict";

  const list = document.querySelector(".queue-page .queue");
  const bar = document.getElementById("quick-mark");
  const mark = document.getElementById("mark");
  const flash = document.getElementById("flash");
  const rows = list ? Array.from(list.children) : [];
  const fetched = new Map(); // a change's page, asked for before it is wanted
  const done = []; // batches that `u` takes back, the last first
  let busy = false;

  // On a phone the filters are folded away until asked for.
  const fold = document.querySelector(".filter-fold");
  if (fold && window.matchMedia("(max-width: 60rem)").matches) fold.open = false;

  const there = () => rows.filter((row) => !row.hidden);
  const link = (row) => row.querySelector("h2 a");
  const current = () => rows.find((row) => row.contains(document.activeElement));
  const box = (row) => row.querySelector(".pick");

  function focus(row) {
    if (!row) return;
    link(row).focus({ preventScroll: true });
    row.scrollIntoView({ block: row.classList.contains("is-open") ? "start" : "nearest" });
  }

  function beside(step) {
    const some = there();
    const at = some.indexOf(current());
    return some[Math.max(0, Math.min(some.length - 1, at < 0 ? 0 : at + step))];
  }

  function move(step) {
    const was = current();
    const row = beside(step);
    if (was && was !== row && was.classList.contains("is-open")) open(row);
    else focus(row);
  }

  function page(row) {
    const id = row.dataset.change;
    if (!fetched.has(id)) {
      const query = new URL(link(row).href).search;
      const asked = fetch("/change/" + id + "/opened" + query).then((answer) => {
        if (!answer.ok) throw new Error("The change could not be read (" + answer.status + ").");
        return answer.text();
      });
      asked.catch(() => fetched.delete(id));
      fetched.set(id, asked);
    }
    return fetched.get(id);
  }

  function close(row) {
    const opened = row.querySelector(".opened");
    if (opened) opened.remove();
    row.classList.remove("is-open");
    link(row).removeAttribute("aria-expanded");
  }

  async function open(row) {
    if (!row) return;
    for (const other of rows) if (other !== row && other.classList.contains("is-open")) close(other);
    focus(row);
    if (row.classList.contains("is-open")) return;
    row.classList.add("is-open");
    link(row).setAttribute("aria-expanded", "true");
    try {
      const text = await page(row);
      if (!row.classList.contains("is-open") || row.querySelector(".opened")) return;
      // Written by our own templates, where every word of a publisher's is escaped.
      const parsed = new DOMParser().parseFromString(text, "text/html");
      row.append(document.adoptNode(parsed.querySelector(".opened")));
      if (window.corrigendaTimes) window.corrigendaTimes(row);
      if (row.contains(document.activeElement)) row.scrollIntoView({ block: "start" });
      const next = there()[there().indexOf(row) + 1];
      if (next) page(next).catch(() => {});
    } catch (error) {
      close(row);
      say(error.message, true);
    }
  }

  function toggle(row) {
    if (row.classList.contains("is-open")) close(row);
    else open(row);
  }

  // What was done, or why it was not; an offer to take it back.
  function say(text, wrong) {
    flash.hidden = false;
    flash.classList.toggle("wrong", Boolean(wrong));
    flash.replaceChildren();
    const told = document.createElement("p");
    told.textContent = text;
    flash.append(told);
    if (!wrong && done.length) {
      const button = document.createElement("button");
      button.type = "button";
      button.append("Undo ", document.createElement("kbd"));
      button.lastChild.textContent = "u";
      button.addEventListener("click", undo);
      flash.append(button);
    }
  }

  async function send(path, values) {
    const form = new URLSearchParams({ csrftoken: bar.elements.csrftoken.value });
    for (const [name, value] of values) form.append(name, value);
    const answer = await fetch(path, {
      method: "POST",
      headers: { accept: "application/json" },
      body: form,
    });
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(told.error || "That was not recorded (" + answer.status + ").");
    return told;
  }

  function count(number) {
    const total = document.getElementById("total");
    const left = Number(total.textContent.replace(/\D/g, "")) + number;
    total.textContent = left.toLocaleString("en") + (left === 1 ? " item" : " items");
  }

  async function judge(verdict) {
    const picked = there().filter((row) => box(row).checked);
    const chosen = picked.length ? picked : [current()].filter(Boolean);
    if (!chosen.length || busy) return;
    busy = true;
    const opened = chosen.some((row) => row.classList.contains("is-open"));
    const some = there();
    const after = some.slice(some.indexOf(chosen[chosen.length - 1]) + 1);
    const next = after.find((row) => !chosen.includes(row)) || some.find((row) => !chosen.includes(row));
    const field = chosen[0].querySelector(".note-field");
    const note = (field && field.value) || bar.elements.note.value;
    try {
      const values = chosen.map((row) => ["change", row.dataset.mark]);
      const told = await send("/mark", [...values, ["verdict", verdict], ["note", note]]);
      for (const row of chosen) {
        close(row);
        box(row).checked = false;
        row.hidden = true;
      }
      bar.elements.note.value = "";
      done.push({ batch: told.batch, rows: chosen });
      count(-chosen.length);
      const what = told.count > 1 ? told.count + " changes" : link(chosen[0]).textContent;
      say("Marked " + what + " as " + verdict + ".");
      tell();
      if (next) opened ? open(next) : focus(next);
      else again();
    } catch (error) {
      say(error.message + " Nothing was recorded.", true);
      focus(chosen[0]);
    } finally {
      busy = false;
    }
  }

  async function undo() {
    const form = document.getElementById("undo");
    const last = done.pop();
    if (!last) {
      if (form) form.requestSubmit();
      return;
    }
    try {
      await send("/undo", [["batch", last.batch]]);
      for (const row of last.rows) row.hidden = false;
      count(last.rows.length);
      say("Undone: the verdict is withdrawn. Both stay on record.");
      focus(last.rows[0]);
    } catch (error) {
      done.push(last);
      say(error.message, true);
    }
  }

  // The list is done with: the next items take its place, the first under the hand.
  function again() {
    sessionStorage.setItem("again", "1");
    window.location.reload();
  }

  function tell() {
    const picked = there().filter((row) => box(row).checked).length;
    bar.classList.toggle("is-used", picked > 0);
    document.getElementById("picked").textContent = picked ? picked + " selected" : "Those selected";
  }

  function note() {
    if (mark) mark.elements.note.focus();
    const row = current();
    const field = row && row.querySelector(".note-field");
    if (field) field.focus();
    else if (row && bar) bar.elements.note.focus();
  }

  function follow(rel) {
    const beside = document.querySelector('a[rel="' + rel + '"]');
    if (beside) beside.click();
  }

  function press(number) {
    const form = mark || bar;
    const button = form && form.querySelector('button[data-key="' + number + '"]');
    if (!button) return;
    if (mark) mark.requestSubmit(button);
    else judge(button.value);
  }

  const keys = {
    j: () => (rows.length ? move(1) : follow("next")),
    k: () => (rows.length ? move(-1) : follow("prev")),
    o: () => open(current() || there()[0]),
    x: () => {
      const row = current();
      if (!row || !box(row)) return;
      box(row).checked = !box(row).checked;
      tell();
    },
    n: note,
    u: undo,
    "/": () => {
      const search = document.querySelector("input[type=search]");
      if (search) search.focus();
      else window.location.assign("/search");
    },
  };
  for (const number of ["1", "2", "3", "4"]) keys[number] = () => press(number);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]")) {
      if (event.key === "Escape" && current()) focus(current());
      if (event.key === "Enter" && event.target.matches(".note-field")) focus(current());
      return;
    }
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });

  if (list) {
    list.addEventListener("click", (event) => {
      const row = event.target.closest(".item");
      const button = event.target.closest("[data-verdict]");
      if (button) return press(button.dataset.verdict);
      const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.button);
      if (plain && event.target.closest("h2 a")) {
        event.preventDefault();
        toggle(row);
      }
    });
    list.addEventListener("change", tell);
  }
  if (bar) {
    bar.addEventListener("submit", (event) => {
      event.preventDefault();
      if (event.submitter) judge(event.submitter.value);
    });
  }
  if (sessionStorage.getItem("again")) {
    sessionStorage.removeItem("again");
    open(there()[0]);
  }
})();
