/** Everything a terminal would obey rather than show: controls but tab and newline, and bidi. */
const UNPRINTABLE = /(?![\t\n])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** Control characters spelt out, so that a peer's words cannot move the cursor. */
export function printable(text: string): string {
  return text.replace(
    UNPRINTABLE,
    (char) => `\\u{${char.charCodeAt(0).toString(16).padStart(2, "0")}}`,
  );
}

/** The same without line breaks, so that a peer's words cannot look like lines of ours. */
export function oneLine(text: string): string {
  return printable(text).replaceAll("\n", "\\u{0a}");
}

/** One line of JSON that a terminal shows as it is: JSON itself spells out ASCII's controls only. */
export function jsonLine(value: object): string {
  return JSON.stringify(value).replace(UNPRINTABLE, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
