// Find sections that have all the words. Substrings, so that it needs no
// grammar and works for every language.
"use strict";
const MOST = 30; // results shown
const AROUND = 90; // letters before and after the first word of a snippet
const input = document.getElementById("find");
const list = document.getElementById("results");

function rank(record, phrase, words) {
  const title = record[2].toLowerCase();
  const text = record[3].toLowerCase();
  const everywhere = record[1].toLowerCase() + " " + title + " " + text;
  if (!words.every((word) => everywhere.includes(word))) return 0;
  if (title.includes(phrase)) return 5;
  if (words.every((word) => title.includes(word))) return 4;
  if (text.includes(phrase)) return 3;
  return words.every((word) => text.includes(word)) ? 2 : 1;
}

function marked(text, words) {
  const part = document.createDocumentFragment();
  const escaped = words.map((w) => w.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  for (const piece of text.split(new RegExp(`(${escaped.join("|")})`, "i"))) {
    const hit = words.includes(piece.toLowerCase());
    const node = document.createElement(hit ? "mark" : "span");
    node.textContent = piece;
    part.append(node);
  }
  return part;
}

function snippet(text, phrase, words) {
  const low = text.toLowerCase();
  const places = [phrase, ...words].map((w) => low.indexOf(w));
  const at = Math.max(0, places.find((place) => place >= 0) ?? 0);
  const from = Math.max(0, at - AROUND);
  const to = at + phrase.length + AROUND;
  const before = from > 0 ? "… " : "";
  return before + text.slice(from, to) + (to < text.length ? " …" : "");
}

function find() {
  const phrase = input.value.trim().toLowerCase().replace(/\s+/g, " ");
  const words = [...new Set(phrase.split(" "))].filter(Boolean);
  list.replaceChildren();
  document.getElementById("found").textContent = "";
  if (phrase.length < 2) return;
  const found = window.SECTIONS
    .map((record) => [rank(record, phrase, words), record])
    .filter(([score]) => score > 0)
    .sort((one, other) => other[0] - one[0]);
  const shown = found.length > MOST ? `, the first ${MOST} are shown` : "";
  const sections = found.length === 1 ? "section" : "sections";
  document.getElementById("found").textContent =
    `${found.length} ${sections} found${shown}`;
  for (const [, [address, page, title, text]] of found.slice(0, MOST)) {
    const row = document.createElement("li");
    const link = document.createElement("a");
    link.href = address;
    link.append(marked(title, words));
    row.append(link);
    if (page !== title) row.append(` in ${page}`);
    const part = document.createElement("p");
    part.append(marked(snippet(text, phrase, words), words));
    row.append(part);
    list.append(row);
  }
}

input.value = new URLSearchParams(location.search).get("q") ?? "";
input.addEventListener("input", find);
document.querySelector("form.find").addEventListener("submit", (event) => {
  event.preventDefault();
  find();
});
find();
input.focus();
