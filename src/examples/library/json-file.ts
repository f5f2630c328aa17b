import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { findSyntaxMistake, lineAndColumn } from "./json-syntax.ts";
import { LibraryError, type LibraryErrorCode } from "./library-error.ts";

/** Read at a time. */
const CHUNK_BYTES = 64 * 1024;

export interface JsonFileOptions {
  /** The code of every mistake inside the file. */
  readonly code: LibraryErrorCode;
  readonly maxBytes: number;
}

/**
 * Reads a whole JSON file. Throws {@link LibraryError} `FILE_MISSING`, `FILE_UNREADABLE`,
 * `FILE_TOO_LARGE`, or `code` with the line and column of the first mistake.
 */
export async function readJsonFile(path: string, options: JsonFileOptions): Promise<JsonValue> {
  const bytes = await readWhole(path, options.maxBytes);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new LibraryError(options.code, `${path}: not UTF-8 text`, { cause });
  }
  return parseJson(text, path, options.code);
}

/** Reads JSON text; `source` is what a mistake's place begins with. */
export function parseJson(text: string, source: string, code: LibraryErrorCode): JsonValue {
  try {
    return new JsonValue(JSON.parse(text), source, "", code);
  } catch (cause) {
    const mistake = findSyntaxMistake(text);
    if (mistake === undefined) throw cause;
    const where = `${source}:${lineAndColumn(text, mistake.offset)}`;
    throw new LibraryError(code, `${where}: expected ${mistake.expected}`, { cause });
  }
}

/** A value in a JSON file that knows its place, so that every complaint about it says where. */
export class JsonValue {
  readonly #value: unknown;
  readonly #source: string;
  readonly #path: string;
  readonly #code: LibraryErrorCode;

  constructor(value: unknown, source: string, path: string, code: LibraryErrorCode) {
    this.#value = value;
    this.#source = source;
    this.#path = path;
    this.#code = code;
  }

  get isMissing(): boolean {
    return this.#value === undefined;
  }

  /** The member called `name`, which may be missing. */
  member(name: string): JsonValue {
    const value = this.#value;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw this.wrong("expected an object");
    }
    const own = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
    const path = this.#path === "" ? name : `${this.#path}.${name}`;
    return new JsonValue(own, this.#source, path, this.#code);
  }

  items(): readonly JsonValue[] {
    if (!Array.isArray(this.#value)) throw this.wrong("expected a list");
    return this.#value.map(
      (item, index) => new JsonValue(item, this.#source, `${this.#path}[${index}]`, this.#code),
    );
  }

  /** Text that is neither empty nor longer than `maxChars`. */
  text(maxChars: number): string {
    const value = this.#value;
    if (typeof value !== "string") throw this.wrong("expected text");
    if (value.trim() === "") throw this.wrong("is empty");
    if (value.length > maxChars) throw this.wrong(`is longer than ${maxChars} characters`);
    return value;
  }

  integer(min: number, max: number): number {
    const value = this.#value;
    if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max) {
      throw this.wrong(`expected a whole number from ${min} to ${max}`);
    }
    return value;
  }

  flag(): boolean {
    const value = this.#value;
    if (typeof value !== "boolean") throw this.wrong("expected true or false");
    return value;
  }

  /** Text that `parse` accepts; what it throws or `undefined` becomes a complaint about the place. */
  parsed<T>(parse: (text: string) => T | undefined, maxChars: number, expected: string): T {
    const text = this.text(maxChars);
    let parsed: T | undefined;
    try {
      parsed = parse(text);
    } catch (cause) {
      if (!(cause instanceof LibraryError)) throw cause;
      throw this.wrong(cause.message, cause);
    }
    if (parsed === undefined) throw this.wrong(`expected ${expected}, not ${JSON.stringify(text)}`);
    return parsed;
  }

  /** A complaint about this value, with its place. */
  wrong(what: string, cause?: unknown): LibraryError {
    const place = this.#path === "" ? this.#source : `${this.#source}: ${this.#path}`;
    const complaint = this.isMissing ? "is missing" : what;
    return new LibraryError(this.#code, `${place}: ${complaint}`, { cause });
  }
}

async function readWhole(path: string, maxBytes: number): Promise<Uint8Array> {
  try {
    // Without O_NONBLOCK a FIFO nobody writes to would hold the whole process up, even its end.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!(await file.stat()).isFile()) {
      throw new LibraryError("FILE_UNREADABLE", `${path}: not a regular file`);
    }
    const bytes = await readUpTo(file, maxBytes + 1);
    if (bytes.length > maxBytes) {
      throw new LibraryError("FILE_TOO_LARGE", `${path}: more than ${maxBytes} bytes`);
    }
    return bytes;
  } catch (cause) {
    if (cause instanceof LibraryError) throw cause;
    if (errorCode(cause) === "ENOENT") {
      throw new LibraryError("FILE_MISSING", `${path}: there is no such file`, { cause });
    }
    throw new LibraryError("FILE_UNREADABLE", `${path}: ${reasonOf(cause)}`, { cause });
  }
}

/** The file's size is no bound: those in /proc have none, and a file may grow while it is read. */
async function readUpTo(file: FileHandle, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for (let left = maxBytes; left > 0;) {
    const chunk = Buffer.allocUnsafe(Math.min(left, CHUNK_BYTES));
    const { bytesRead } = await file.read(chunk, 0, chunk.length);
    if (bytesRead === 0) break;
    chunks.push(chunk.subarray(0, bytesRead));
    left -= bytesRead;
  }
  return Buffer.concat(chunks);
}

/** Such as `ENOENT`; the empty string for what the operating system did not say. */
export function errorCode(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
