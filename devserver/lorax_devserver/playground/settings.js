/** What the form asks for: its fields, their place in the address, and the request they come to. */

const NAMES = [
  "left", "right", "route", "prompt", "max_new_tokens", "temperature", "seed", "stop", "schema",
  "language", "side",
];

/** The form's fields as the address's fragment holds them. */
export function fragmentOf(form) {
  const filled = NAMES.map((name) => [name, form.elements[name].value]);
  return new URLSearchParams(filled.filter(([, value]) => value !== "")).toString();
}

/** Fill the form from a fragment; what the fragment leaves out is as the page has it at first. */
export function restore(form, fragment) {
  const fields = new URLSearchParams(fragment);
  for (const name of NAMES) {
    const field = form.elements[name];
    const first = field instanceof RadioNodeList ? checkedAtFirst(field) : field.defaultValue;
    choose(field, fields.get(name) ?? first ?? "");
  }
}

const checkedAtFirst = (choices) => [...choices].find((choice) => choice.defaultChecked).value;

/** Set a field; a list takes an adapter that it has not, so that the server can say so. */
export function choose(field, value) {
  if (field instanceof HTMLSelectElement && ![...field.options].some((o) => o.value === value)) {
    field.add(new Option(value, value));
  }
  field.value = value;
}

/**
 * What is to be sent, whichever the adapter.
 * @throws {SyntaxError} The schema is no JSON.
 */
export function settingsOf(form) {
  const text = (name) => form.elements[name].value;
  const number = (name) => (text(name) === "" ? null : Number(text(name)));
  return {
    prompt: text("prompt"),
    route: text("route"),
    maxNewTokens: number("max_new_tokens"),
    temperature: number("temperature"),
    seed: number("seed"),
    stop: stopsOf(text("stop")),
    schema: text("schema").trim() ? JSON.parse(text("schema")) : null,
  };
}

const ESCAPES = { n: "\n", t: "\t" };

function stopsOf(text) {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => line.replace(/\\(.)/g, (_, c) => ESCAPES[c] ?? c));
}

/** Stop sequences as the form's field holds them. */
export function stopField(stops) {
  const written = { "\\": "\\\\", "\n": "\\n", "\t": "\\t" };
  return stops.map((stop) => stop.replace(/[\\\n\t]/g, (c) => written[c])).join("\n");
}

/** The request: its path and its body. The base model's adapter is "". */
export function requestOf(settings, adapter) {
  const { prompt, maxNewTokens, temperature, seed, stop, schema } = settings;
  const shared = {
    ...(seed !== null && { seed }),
    ...(stop.length > 0 && { stop }),
    ...(schema !== null && { response_format: { type: "json_object", schema } }),
  };
  if (settings.route === "chat") {
    const body = {
      model: adapter,
      messages: [{ role: "user", content: prompt }],
      max_tokens: maxNewTokens,
      temperature: temperature ?? 0, // left out, this route would draw
      ...shared,
      stream: true,
    };
    return { path: "/v1/chat/completions", body };
  }
  const parameters = {
    ...(adapter && { adapter_id: adapter }),
    max_new_tokens: maxNewTokens,
    // To this route a temperature of 1 alone would be no reason to draw.
    ...(temperature > 0 && { do_sample: true, temperature }),
    ...shared,
    details: true,
  };
  return { path: "/generate_stream", body: { inputs: prompt, parameters } };
}
