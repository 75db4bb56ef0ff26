/** A request as code that runs as it is: for the client, LangChain, LlamaIndex and curl. */

import { requestOf } from "/playground/settings.js";

const WIDTH = 80;

/** The code of a request, by language. */
export const CODE = { python, langchain, llamaindex, curl };

function python(settings, adapter, url) {
  const isChat = settings.route === "chat";
  const method = isChat ? "client.chat_stream" : "client.generate_stream";
  const given = ["prompt", ...keywords(settings, adapter, "stop_sequences")];
  return [
    "from lorax import Client",
    "",
    `client = Client(${literal(url)})`,
    prompt(settings),
    loop(isChat ? "chunk" : "token", call(method, given), ".text"),
  ].join("\n");
}

function langchain(settings, adapter, url) {
  const isChat = settings.route === "chat";
  const model = isChat ? "ChatLoRAX" : "LoRAX";
  const given = ["prompt", ...keywords(settings, adapter, "stop")];
  return [
    `from langchain_lorax import ${model}`,
    "",
    `llm = ${model}(base_url=${literal(url)})`,
    prompt(settings),
    loop(isChat ? "chunk" : "text", call("llm.stream", given), isChat ? ".text" : ""),
  ].join("\n");
}

function llamaindex(settings, adapter, url) {
  const isChat = settings.route === "chat";
  const method = isChat ? "llm.stream_chat" : "llm.stream_complete";
  const asked = isChat ? '[ChatMessage(role="user", content=prompt)]' : "prompt";
  const given = [asked, ...keywords(settings, adapter, "stop_sequences")];
  return [
    ...(isChat ? ["from llama_index.core.llms import ChatMessage"] : []),
    "from llama_index.llms.lorax import LoRAX",
    "",
    `llm = LoRAX(base_url=${literal(url)})`,
    prompt(settings),
    loop("piece", call(method, given), ".delta"),
  ].join("\n");
}

function curl(settings, adapter, url) {
  const { path, body } = requestOf(settings, adapter);
  const quoted = `'${JSON.stringify(body, null, 2).replaceAll("'", "'\\''")}'`;
  return [
    `curl --no-buffer ${url}${path} \\`,
    "  --header 'content-type: application/json' \\",
    `  --data ${quoted}\n`,
  ].join("\n");
}

/** The keywords of a call, which all three packages share but for the stop sequences' name. */
function keywords(settings, adapter, stopName) {
  const { maxNewTokens, temperature, seed, stop, schema } = settings;
  const given = {
    ...(adapter && { adapter_id: adapter }),
    max_new_tokens: maxNewTokens,
    ...(temperature > 0 && { do_sample: true, temperature }),
    ...(seed !== null && { seed }),
    ...(stop.length > 0 && { [stopName]: stop }),
    ...(schema !== null && { response_format: { type: "json_object", schema } }),
  };
  return Object.entries(given).map(([name, value]) => `${name}=${literal(value, name.length + 6)}`);
}

/** The prompt's assignment, with a line of code for each of its lines. */
function prompt({ prompt: text }) {
  const lines = text.match(/[^\n]*\n|[^\n]+/g) ?? [""];
  if (lines.length === 1) return `prompt = ${literal(text)}`;
  return `prompt = (\n${lines.map((line) => `    ${literal(line)}\n`).join("")})`;
}

function call(callee, given) {
  const line = `${callee}(${given.join(", ")})`;
  if (line.length <= WIDTH - 20 && !line.includes("\n")) return line;
  return `${callee}(\n${given.map((one) => `    ${indented(one)},\n`).join("")})`;
}

function loop(item, stream, attribute) {
  return `for ${item} in ${stream}:\n    print(${item}${attribute}, end="", flush=True)\n`;
}

const indented = (text) => text.replaceAll("\n", "\n    ");

/** A JSON value as Python writes it; on one line where it fits beside so many characters. */
function literal(value, beside = 0) {
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value !== "object") return JSON.stringify(value); // JSON's escapes are Python's too
  const isList = Array.isArray(value);
  const [open, close] = isList ? "[]" : "{}";
  const parts = Object.entries(value).map(([key, item]) => {
    const before = isList ? "" : `${JSON.stringify(key)}: `;
    return before + literal(item, before.length + 4);
  });
  const line = open + parts.join(", ") + close;
  if (beside + line.length <= WIDTH && !line.includes("\n")) return line;
  return `${open}\n${parts.map((part) => `    ${indented(part)},\n`).join("")}${close}`;
}
