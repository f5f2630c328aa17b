/** Lines of generated text, without line ends; each emitter indents what it encloses. */
export type Lines = readonly string[];

export const indent = (lines: Lines): Lines =>
  lines.map((line) => (line === "" ? "" : `  ${line}`));

/** `head { … }`; an empty body stays on one line. */
export function block(head: string, body: Lines, end = "}"): Lines {
  return body.length === 0 ? [`${head} {${end}`] : [`${head} {`, ...indent(body), end];
}

/** A schema's comment as TSDoc. */
export function docComment(doc: string): Lines {
  const lines = doc.trimEnd().replaceAll("*/", "*\\/").split("\n");
  if (lines.length === 1) return lines[0] === "" ? [] : [`/** ${lines[0] ?? ""} */`];
  return ["/**", ...lines.map((line) => ` * ${line}`.trimEnd()), " */"];
}

/** A string as a literal of TypeScript. */
export const quote = (text: string): string => JSON.stringify(text);
