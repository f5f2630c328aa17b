/** Lines of generated text, without line ends; each emitter indents what it encloses. */
export type Lines = readonly string[];

export const indent = (lines: Lines): Lines =>
  lines.map((line) => (line === "" ? "" : `  ${line}`));

/** `head { … }`; an empty body stays on one line. */
export function block(head: string, body: Lines, end = "}"): Lines {
  return body.length === 0 ? [`${head} {${end}`] : [`${head} {`, ...indent(body), end];
}

/** `callee({ … })`, a property a line. */
export function call(callee: string, properties: Lines): Lines {
  return [`${callee}({`, ...indent(properties.map((line) => `${line},`)), "})"];
}

/** `head = value;`, where the value may take several lines. */
export function declare(head: string, value: Lines): Lines {
  const [first = "", ...rest] = value;
  const all = [`${head} = ${first}`, ...rest];
  return [...all.slice(0, -1), `${all.at(-1) ?? ""};`];
}

/** `before…after` around lines that stay lines. */
export function wrap(before: string, lines: Lines, after: string): Lines {
  const [first = "", ...rest] = lines;
  const all = [`${before}${first}`, ...rest];
  return [...all.slice(0, -1), `${all.at(-1) ?? ""}${after}`];
}

/** A schema's comment as TSDoc. */
export function docComment(doc: string): Lines {
  const lines = doc.trimEnd().replaceAll("*/", "*\\/").split("\n");
  if (lines.length === 1) return lines[0] === "" ? [] : [`/** ${lines[0] ?? ""} */`];
  return ["/**", ...lines.map((line) => ` * ${line}`.trimEnd()), " */"];
}

/** A string as a literal of TypeScript. */
export const quote = (text: string): string => JSON.stringify(text);

/** A name in a comment that ends with its line: of the file system's names, some hold line ends. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]/gu, "?");
