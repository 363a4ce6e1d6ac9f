"use strict";
// The page asks for the state of the room every two seconds. Texts of
// learners are only ever set as text, never as HTML.
const EVERY = 2000;

function filled(id, items, empty) {
  const list = document.getElementById(id);
  list.replaceChildren();
  for (const [strong, rest] of items) {
    const item = document.createElement("li");
    const name = document.createElement("strong");
    name.textContent = strong;
    item.append(name, rest);
    list.append(item);
  }
  if (!items.length) {
    const item = document.createElement("li");
    item.className = "empty";
    item.textContent = empty;
    list.append(item);
  }
}

function cell(row, kind, text) {
  const made = document.createElement(kind);
  made.textContent = text;
  row.append(made);
  return made;
}

function drawMap(room) {
  const seen = new Set(room.learners.flatMap(
    one => [one.slug, ...one.passed, ...one.tried].map(x => x.split("/")[0])));
  const books = room.course.filter(book => seen.has(book.slug));
  const table = document.getElementById("map");
  table.replaceChildren();
  const head = table.createTHead().insertRow();
  cell(head, "th", "learner");
  for (const book of books) {
    const title = cell(head, "th", book.slug);
    title.scope = "col";
    title.title = book.title;
  }
  const body = table.createTBody();
  for (const one of room.learners) {
    const row = body.insertRow();
    cell(row, "th", one.nickname).scope = "row";
    for (const book of books) {
      const passed = book.exercises.filter(x => one.passed.includes(x)).length;
      const all = book.exercises.length;
      const made = cell(row, "td", all ? `${passed} of ${all}` : "");
      const share = all ? passed / all : 0;
      if (passed) made.classList.add(`s${Math.ceil(share * 4)}`);
      if (one.slug === book.slug) {
        made.classList.add("here");
        made.title = "is in this notebook";
      }
    }
  }
}

function show(room) {
  const number = room.learners.length;
  document.getElementById("count").textContent =
    number === 1 ? "1 learner" : `${number} learners`;
  const stuck = room.learners.filter(one => one.stuck);
  filled("stuck", stuck.map(one => [one.nickname, `: ${one.stuck}`]),
    "Nobody.");
  filled("missed", room.missed.map(row => [
    `${row.exercise}: ${row.criterion}`,
    row.learners === 1 ? " (1 learner)" : ` (${row.learners} learners)`]),
    "None yet.");
  drawMap(room);
}

async function update() {
  const state = document.getElementById("state");
  try {
    const answer = await fetch("/room.json", {cache: "no-store"});
    if (!answer.ok) throw new Error(answer.status);
    show(await answer.json());
    state.textContent = "";
  } catch (error) {
    state.textContent = "· The board does not answer; trying again.";
  }
  setTimeout(update, EVERY);
}

update();
