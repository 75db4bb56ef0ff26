/** The page: its form, its two panes, the code, and what keys and buttons do. */

import { CODE } from "/playground/code.js";
import { coloured } from "/playground/colours.js";
import { nameOf, Pane } from "/playground/pane.js";
import {
  choose, fragmentOf, requestOf, restore, settingsOf, stopField,
} from "/playground/settings.js";

const find = (selector) => document.querySelector(selector);
const form = find("#form");
const server = await (await fetch("/playground/adapters")).json();
const panes = {
  left: new Pane("left", server.adapters),
  right: new Pane("right", server.adapters),
};
const sides = Object.values(panes);
let saving;

/** Send the request to both adapters. */
async function run() {
  showCode();
  if (!form.reportValidity()) return;
  save();
  const settings = settingsOf(form);
  find("#cancel").disabled = false;
  find("#status").textContent = "Running.";
  const ends = await Promise.all(sides.map((pane) => pane.run(requestOf(settings, pane.adapter))));
  if (ends.includes("started anew")) return;
  find("#cancel").disabled = true;
  find("#status").textContent = ends.join("; ");
}

function stop() {
  for (const pane of sides) pane.stop();
}

/** Show the request as code, or what keeps it from being one. */
function showCode() {
  for (const [side, pane] of Object.entries(panes)) {
    find(`#side-${side}`).textContent = nameOf(pane.adapter);
  }
  const { side, language, schema } = form.elements;
  let problem = "";
  try {
    const code = CODE[language.value];
    const text = code(settingsOf(form), panes[side.value].adapter, location.origin);
    find("#code").replaceChildren(...coloured(text));
  } catch (error) {
    problem = `The schema is no JSON: ${error.message}`;
    find("#form-of-answer").open = true;
  }
  schema.setCustomValidity(problem);
  find("#schema-problem").textContent = problem;
}

/** Keep the form in the address, so that it can be shared and reloaded. */
function save() {
  clearTimeout(saving);
  history.replaceState(null, "", `#${fragmentOf(form)}`);
}

function changed() {
  showCode();
  clearTimeout(saving); // browsers refuse an address that changes with every key
  saving = setTimeout(save, 200);
}

function restoreFromAddress() {
  restore(form, location.hash.slice(1));
  find("#form-of-answer").open = form.elements.schema.value !== "";
  showCode();
}

/** Fill the form with an example; its adapter stands on the right, beside the base model. */
function take(example) {
  const { elements } = form;
  if (example.adapter_id !== null) {
    choose(elements.left, "");
    choose(elements.right, example.adapter_id);
  }
  find("#examples").value = server.examples.indexOf(example);
  elements.prompt.value = example.prompt;
  elements.route.value = example.route;
  elements.max_new_tokens.value = example.max_new_tokens;
  elements.stop.value = stopField(example.stop);
  elements.schema.value = example.schema ? JSON.stringify(example.schema, null, 2) : "";
  find("#form-of-answer").open = example.schema !== null;
  changed();
}

function listExamples() {
  const groups = Map.groupBy(server.examples, (example) => example.adapter_id);
  for (const [adapter, examples] of groups) {
    const group = document.createElement("optgroup");
    group.label = adapter ?? "any adapter";
    group.append(...examples.map((e) => new Option(e.title, server.examples.indexOf(e))));
    find("#examples").append(group);
  }
}

async function copy() {
  const button = find("#copy");
  try {
    await navigator.clipboard.writeText(find("#code").textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(find("#code"));
    button.textContent = "Press Ctrl+C";
  }
  button.addEventListener("blur", () => (button.textContent = "Copy"), { once: true });
}

function onKey(event) {
  if (event.key === "Escape") stop();
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    run();
  }
}

find("#server").textContent = `${server.model_id} · ${location.host}`;
listExamples();
if (location.hash) restoreFromAddress();
else take(server.examples.find((example) => example.adapter_id !== null) ?? server.examples[0]);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
form.addEventListener("input", changed);
find("#examples").addEventListener("change", (event) => {
  const example = server.examples[event.target.value];
  if (example) take(example);
});
find("#cancel").addEventListener("click", stop);
find("#copy").addEventListener("click", copy);
addEventListener("keydown", onKey);
addEventListener("hashchange", restoreFromAddress);
addEventListener("pagehide", stop); // a browser may keep a page that was left, and let it run on
document.documentElement.dataset.ready = "";
