/** Code in colours: its strings, comments and keywords, as text nodes and spans of text. */

const PARTS =
  /(?<comment>^#.*)|(?<string>"(?:[^"\\]|\\.)*")|\b(?<keyword>from|import|for|in|None|True|False)\b/gm;

/** The nodes of a text of code. */
export function coloured(text) {
  const nodes = [];
  let at = 0;
  for (const found of text.matchAll(PARTS)) {
    const [kind] = Object.entries(found.groups).find(([, part]) => part !== undefined);
    const span = document.createElement("span");
    span.className = kind;
    span.textContent = found[0];
    nodes.push(text.slice(at, found.index), span);
    at = found.index + found[0].length;
  }
  return [...nodes, text.slice(at)];
}
