import { NetError } from "./error.ts";

/** A place in a text that moves forward only. */
export class TextReader {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Moves past `word` if it is next. */
  accept(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  /** Everything up to `mark`, which is not moved past. */
  until(mark: string, otherwise: string): string {
    const end = this.text.indexOf(mark, this.at);
    if (end < 0) throw this.error(otherwise, this.text.length);
    return this.#moveTo(end);
  }

  /** What a sticky pattern matches here. */
  matching(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    return this.#moveTo(this.at + (pattern.exec(this.text)?.[0].length ?? 0));
  }

  rest(): string {
    return this.#moveTo(this.text.length);
  }

  expectEnd(): void {
    if (this.at < this.text.length) throw this.error("nothing more is expected here");
  }

  error(reason: string, at = this.at): NetError {
    const column = at + 1;
    return new NetError("ADDRESS_INVALID", `bad address, column ${column}: ${reason}`, {
      at: { text: this.text, column },
    });
  }

  #moveTo(end: number): string {
    const passed = this.text.slice(this.at, end);
    this.at = end;
    return passed;
  }
}
