// Copy buttons on code that a reader can run, and whole pages on paper.
"use strict";

// What a reader types: without prompts, and without the line %%bash, which
// only a notebook understands.
function typed(pre) {
  const lines = pre.textContent.replace(/\n$/, "").split("\n");
  if (/^%%(bash|sh)\b/.test(lines[0])) lines.shift();
  const prompt = /^(\$|>>>|\.\.\.|In \[\d*\]:) /;
  const prompted = lines.some((line) => /^(\$|>>>|In \[\d*\]:) /.test(line));
  const wanted = prompted ? lines.filter((line) => prompt.test(line)) : lines;
  return wanted.map((line) => line.replace(prompt, "")).join("\n");
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Pages from a folder may lack the clipboard.
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

for (const pre of document.querySelectorAll("article div.highlight > pre")) {
  if (pre.closest(".cell_output, .highlight-diff")) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    await copy(typed(pre));
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  pre.parentElement.append(button);
}

// A link to a cell unfolds its code, and whatever it is inside of.
function unfold() {
  const id = decodeURIComponent(location.hash.slice(1));
  const target = id && document.getElementById(id);
  if (!target) return;
  for (let node = target; node; node = node.parentElement)
    if (node.tagName === "DETAILS") node.open = true;
  const code = target.querySelector(":scope > details");
  if (code) code.open = true;
  target.scrollIntoView();
}
window.addEventListener("hashchange", unfold);
unfold();

// On paper everything is unfolded, and no picture waits to be looked at.
let folded = [];
window.addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("details:not([open])")];
  for (const details of folded) details.open = true;
  for (const image of document.images) image.loading = "eager";
});
window.addEventListener("afterprint", () => {
  for (const details of folded) details.open = false;
});
