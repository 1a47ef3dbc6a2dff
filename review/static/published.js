// Search of a published site: the index is fetched in parts, and read here.
"use strict";
const form = document.getElementById("search");
const field = document.getElementById("q");
const told = document.getElementById("told");
const list = document.getElementById("found");
const most = 200;
let index = null;

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

async function load() {
  const parts = [...Array(Number(form.dataset.parts)).keys()];
  const read = await Promise.all(parts.map(async (n) => (await fetch(`${n}.json`)).json()));
  return read.flat().map((line) => ({
    ...line,
    text: plain([line.title, line.kind, line.significance, ...line.names, ...line.reasons].join(" ")),
  }));
}

function item(line) {
  const made = document.createElement("li");
  made.className = `item s-${line.significance}`;
  const link = document.createElement("a");
  link.href = `../change/${line.id}/index.html`;
  link.textContent = line.title;
  const meta = document.createElement("p");
  meta.className = "meta";
  meta.textContent = `${line.significance}, ${line.kind} ${line.day}. ${line.reasons[0] || ""}`;
  made.append(link, meta);
  return made;
}

async function search() {
  const words = plain(field.value).split(/\s+/).filter(Boolean);
  if (!words.length) return;
  told.textContent = "Reading the index…";
  index = index || (await load());
  const found = index.filter((line) => words.every((word) => line.text.includes(word)));
  list.replaceChildren(...found.slice(0, most).map(item));
  const more = found.length > most ? `, the first ${most} shown` : "";
  told.textContent = `${found.length} found${more}.`;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  history.replaceState(null, "", `?q=${encodeURIComponent(field.value)}`);
  search();
});
field.value = new URLSearchParams(location.search).get("q") || "";
search();
