/** A pane: an adapter, its answer as it comes, and what the answer took. */

import { AnswerError, answerTo } from "/playground/stream.js";

/** How an adapter is called where people read it. */
export const nameOf = (adapter) => adapter || "base model";

export class Pane {
  #article;
  #field;
  #text;
  #problem;
  #stopper = new AbortController();

  /**
   * @param side "left" or "right", the name of its adapter's field.
   * @param adapters The ids that can be chosen; null where any id can be written.
   */
  constructor(side, adapters) {
    const made = document.querySelector("#pane").content.cloneNode(true);
    this.#article = made.querySelector("article");
    this.#article.classList.add(side);
    this.#text = made.querySelector(".text");
    this.#problem = made.querySelector(".problem");
    this.#field = adapters === null ? idField() : idList(adapters);
    this.#field.name = side;
    made.querySelector(".unseen").textContent = `Adapter on the ${side}`;
    made.querySelector("label").append(this.#field);
    made.querySelector(".answer").ariaLabel = `Answer on the ${side}`;
    document.querySelector("#answers").append(made);
  }

  get adapter() {
    return this.#field.value.trim();
  }

  stop() {
    this.#stopper.abort();
  }

  /** Send a request and show its answer; gives in a few words how it ended. */
  async run(request) {
    this.stop();
    const stopper = (this.#stopper = new AbortController());
    const { signal } = stopper;
    const timing = new Timing();
    const asked = this.adapter;
    this.#begin();
    try {
      for await (const piece of answerTo(request, signal)) {
        if (piece.headers) this.#show("used", usedBy(piece.headers, asked));
        else this.#take(piece, timing);
      }
      this.#article.dataset.state = "done";
    } catch (error) {
      if (this.#stopper !== stopper) return "started anew";
      this.#article.dataset.state = signal.aborted ? "stopped" : "failed";
      this.#show("finish", signal.aborted ? "stopped here" : "an error");
      if (!signal.aborted) this.#problem.textContent = saidOf(error);
    } finally {
      stopper.abort(); // what comes after an error is not read, so it need not come
    }
    this.#show("total", seconds(timing.total));
    return `${nameOf(asked)}: ${this.#article.dataset.state}, ${timing.tokens} tokens`;
  }

  #begin() {
    this.#article.dataset.state = "waiting";
    this.#text.textContent = this.#problem.textContent = "";
    for (const figure of this.#article.querySelectorAll("[data-figure]")) figure.textContent = "";
  }

  #take(piece, timing) {
    timing.token(piece.tokens);
    this.#article.dataset.state = "streaming";
    const answer = this.#text.parentElement;
    const isAtEnd = answer.scrollHeight - answer.scrollTop - answer.clientHeight < 4;
    this.#text.append(piece.text);
    if (isAtEnd) answer.scrollTop = answer.scrollHeight;
    this.#show("first", seconds(timing.first));
    this.#show("tokens", timing.tokens);
    this.#show("speed", timing.speed?.toFixed(1) ?? "");
    this.#show("total", seconds(timing.total));
    if (piece.finish) this.#show("finish", piece.finish);
  }

  #show(figure, text) {
    this.#article.querySelector(`[data-figure=${figure}]`).textContent = text;
  }
}

/** What an answer took, as this page saw it, in milliseconds. */
class Timing {
  tokens = 0;
  first = null;
  #began = performance.now();
  #last = null;

  /** One more token; `told` is the number of all of them, once the server tells it. */
  token(told) {
    this.#last = this.total;
    this.first ??= this.#last;
    this.tokens = told ?? this.tokens + 1;
  }

  get total() {
    return performance.now() - this.#began;
  }

  /** Tokens a second after the first one, which also took the reading of the prompt. */
  get speed() {
    const spent = this.#last - this.first;
    return spent > 0 ? ((this.tokens - 1) * 1000) / spent : null;
  }
}

/** The adapter that the headers name. The base model's answers name none, so a lost one's do too. */
function usedBy(headers, asked) {
  return headers.get("x-adapter-id") ?? (asked ? "no adapter named" : nameOf(""));
}

const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(2)} s`;

/** An error in words: the answer's own, or that of an event in no form we know. */
function saidOf(error) {
  if (error instanceof AnswerError) return error.message;
  return `The server sent what this page cannot read: ${error.message}`;
}

function idList(adapters) {
  const list = document.createElement("select");
  list.append(...["", ...adapters].map((id) => new Option(nameOf(id), id)));
  return list;
}

function idField() {
  const field = document.createElement("input");
  field.placeholder = "base model; or any adapter's id";
  field.spellcheck = false;
  return field;
}
