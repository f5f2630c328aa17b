/** The first mistake in a text that is not JSON (RFC 8259). */
export interface SyntaxMistake {
  /** In UTF-16 code units from the start of the text. */
  readonly offset: number;
  /** What may stand there, such as `a comma or ]`. */
  readonly expected: string;
}

/** What may come next: the states of a push-down automaton whose stack is the open brackets. */
type Awaiting = "value" | "first item" | "first name" | "name" | "colon" | "comma or close" | "end";

const BLANK = /[ \t\n\r]*/y;
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/**
 * The first place where `text` stops being JSON; `undefined` when it is JSON. `JSON.parse` itself
 * does not always say where, and says it in different words in every version.
 */
export function findSyntaxMistake(text: string): SyntaxMistake | undefined {
  const open: ("{" | "[")[] = [];
  let awaiting: Awaiting = "value";
  let offset = 0;

  const afterValue = (): Awaiting => (open.length === 0 ? "end" : "comma or close");
  const close = (): Awaiting => {
    open.pop();
    return afterValue();
  };

  for (;;) {
    offset = skip(BLANK, text, offset);
    const char = text[offset];
    const inObject = open.at(-1) === "{";
    const isName: boolean = awaiting === "name" || awaiting === "first name";
    const isValue: boolean = awaiting === "value" || awaiting === "first item";
    if (char === undefined && awaiting === "end") return undefined;

    if (awaiting === "comma or close" && char === ",") {
      awaiting = inObject ? "name" : "value";
    } else if (awaiting === "comma or close" && char === (inObject ? "}" : "]")) {
      awaiting = close();
    } else if (awaiting === "first name" && char === "}") {
      awaiting = close();
    } else if (awaiting === "first item" && char === "]") {
      awaiting = close();
    } else if (awaiting === "colon" && char === ":") {
      awaiting = "value";
    } else if (char === '"' && (isName || isValue)) {
      const end = endOfString(text, offset);
      if (typeof end === "object") return end;
      awaiting = isName ? "colon" : afterValue();
      offset = end;
      continue;
    } else if (char === "{" && isValue) {
      open.push("{");
      awaiting = "first name";
    } else if (char === "[" && isValue) {
      open.push("[");
      awaiting = "first item";
    } else if (isValue && skip(SCALAR, text, offset) > offset) {
      offset = skip(SCALAR, text, offset);
      awaiting = afterValue();
      continue;
    } else {
      return { offset, expected: inWords(awaiting, inObject) };
    }
    offset += 1;
  }
}

/** `line:column` of an offset, both from 1, as editors count them. */
export function lineAndColumn(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return `${line}:${offset - before.lastIndexOf("\n")}`;
}

function skip(pattern: RegExp, text: string, offset: number): number {
  pattern.lastIndex = offset;
  return pattern.test(text) ? pattern.lastIndex : offset;
}

/** The offset behind the closing quote. */
function endOfString(text: string, start: number): number | SyntaxMistake {
  let offset = start + 1;
  for (;;) {
    const char = text[offset];
    if (char === '"') return offset + 1;
    if (char === undefined || char < " ") return { offset, expected: 'a closing "' };
    const next = char === "\\" ? skip(ESCAPE, text, offset) : offset + 1;
    if (next === offset) return { offset, expected: "an escape such as \\n" };
    offset = next;
  }
}

function inWords(awaiting: Awaiting, inObject: boolean): string {
  switch (awaiting) {
    case "value":
      return "a value";
    case "first item":
      return "a value or ]";
    case "first name":
      return "a name in quotes or }";
    case "name":
      return "a name in quotes";
    case "colon":
      return "a colon";
    case "comma or close":
      return inObject ? "a comma or }" : "a comma or ]";
    case "end":
      return "the end of the file";
    default:
      return awaiting satisfies never;
  }
}
