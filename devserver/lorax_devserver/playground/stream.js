/** A request sent, and its answer read while it comes. */

/** An answer that is none, in words to show. */
export class AnswerError extends Error {}

const BROKEN = "The stream broke off before the answer was whole.";

/**
 * Send a request, and give its answer piece by piece: first what the headers say, `{headers}`, then
 * `{text, tokens, finish}`, where tokens and finish are null until the server tells them.
 * @throws {AnswerError} The server refuses, fails or cannot be reached, or the stream breaks.
 */
export async function* answerTo({ path, body }, signal) {
  const response = await send(path, body, signal);
  yield { headers: response.headers };
  const read = path === "/generate_stream" ? readToken : readChunk;
  let isWhole = false;
  for await (const data of told(eventsOf(response.body), signal, BROKEN)) {
    if (data === "[DONE]") {
      isWhole = true;
      continue;
    }
    const event = parsed(data);
    if (event.error !== undefined) throw new AnswerError(refusal(event));
    const piece = read(event);
    isWhole ||= piece.isWhole;
    yield piece;
  }
  if (!isWhole) throw new AnswerError(BROKEN);
}

async function send(path, body, signal) {
  let response;
  try {
    const headers = { "content-type": "application/json" };
    response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body), signal });
  } catch (error) {
    signal.throwIfAborted();
    throw new AnswerError(`The server did not answer: ${error.message}.`);
  }
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
  if (response.ok && isStream) return response;
  throw new AnswerError(`Status ${response.status}. ${await words(response, signal)}`);
}

/** What a refusal says: the router's JSON, or anybody's text. */
async function words(response, signal) {
  let text = "";
  try {
    text = await response.text();
    return refusal(JSON.parse(text));
  } catch {
    signal.throwIfAborted();
    return text.slice(0, 1000) || "The answer is empty.";
  }
}

function refusal({ error, error_type: type }) {
  return type ? `${error} (${type})` : String(error);
}

/** An event of /generate_stream: the last one has generated_text. */
function readToken({ token, generated_text: whole, details }) {
  return {
    text: token.special ? "" : token.text,
    tokens: details?.generated_tokens ?? null,
    finish: details?.finish_reason ?? null,
    isWhole: typeof whole === "string",
  };
}

/** A chunk of /v1/chat/completions; [DONE] comes after the last. */
function readChunk({ choices: [choice], usage }) {
  return {
    text: choice.delta.content ?? "",
    tokens: usage?.completion_tokens ?? null,
    finish: choice.finish_reason ?? null,
    isWhole: false,
  };
}

function parsed(data) {
  try {
    return JSON.parse(data);
  } catch {
    throw new AnswerError(`The server sent an event that is no JSON: ${data.slice(0, 200)}`);
  }
}

/** The same items; an error of the connection becomes the given words, unless it was ended here. */
async function* told(items, signal, message) {
  try {
    yield* items;
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof AnswerError ? error : new AnswerError(message);
  }
}

/** The data of each server-sent event; comments and other fields are left out. */
export async function* eventsOf(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let data = [];
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return; // an event without its empty line does not count
    // A return at the end may be the first half of a line end.
    const lines = (rest + value).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop();
    for (const line of lines) {
      if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
      if (line !== "" || data.length === 0) continue;
      yield data.join("\n");
      data = [];
    }
  }
}
