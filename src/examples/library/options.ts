import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { LibraryError } from "./library-error.ts";

export const USAGE = `The library: an example of handfast.

  npm start                     plays the whole story: one library, four peers, six processes
  npm start -- --serve          keeps the library open, and says how to check a book out
  npm start -- --checkout ISBN --key FILE --at ADDRESS
                                checks a book out, as the one whose key it is

Options
  --catalog FILE   the books, instead of the hundred sample ones
  --data DIR       with --serve: where keys, roster and loans are kept (default: a new temporary
                   folder, removed with its keys when the library closes)
  --port N         with --serve: where to listen (default: a free port)
  --access-log FILE
                   with --serve: gets a line of JSON for every call
  --admin SOCKET   with --serve: a Unix socket that says who holds what (handfast inspect SOCKET)
  --help           prints this page

A catalogue is JSON: { "books": [{ "isbn", "title", "author", "year" }, …] }.
`;

/** What `npm start` was asked to do. Paths are absolute. */
export type Task =
  | { readonly is: "help" }
  | { readonly is: "story"; readonly catalog: string | undefined }
  | {
      readonly is: "serve";
      readonly catalog: string | undefined;
      readonly data: string | undefined;
      readonly port: number;
      readonly accessLog: string | undefined;
      readonly adminSocket: string | undefined;
    }
  | {
      readonly is: "checkout";
      readonly isbn: string;
      readonly key: string;
      readonly address: string;
    };

/**
 * Reads a command line; relative paths are those of `folder`. Throws `LibraryError` `USAGE`.
 */
export function taskOf(args: readonly string[], folder: string): Task {
  const options = parse(args);
  if (options.help === true) return { is: "help" };
  const path = (value: string | undefined) =>
    value === undefined ? undefined : resolve(folder, value);

  if (options.checkout !== undefined) {
    allow(options, "--checkout", ["checkout", "key", "at"]);
    if (options.key === undefined) throw usage("--checkout wants --key FILE");
    if (options.at === undefined) throw usage("--checkout wants --at ADDRESS");
    const { checkout: isbn, at: address } = options;
    return { is: "checkout", isbn, key: resolve(folder, options.key), address };
  }
  if (options.serve === true) {
    allow(options, "--serve", ["serve", "catalog", "data", "port", "access-log", "admin"]);
    return {
      is: "serve",
      catalog: path(options.catalog),
      data: path(options.data),
      port: portOf(options.port ?? "0"),
      accessLog: path(options["access-log"]),
      adminSocket: path(options.admin),
    };
  }
  allow(options, "the story", ["catalog"]);
  return { is: "story", catalog: path(options.catalog) };
}

type Options = ReturnType<typeof parse>;

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: "boolean", short: "h" },
        serve: { type: "boolean" },
        checkout: { type: "string" },
        catalog: { type: "string" },
        data: { type: "string" },
        port: { type: "string" },
        "access-log": { type: "string" },
        admin: { type: "string" },
        key: { type: "string" },
        at: { type: "string" },
      },
    }).values;
  } catch (error) {
    // parseArgs says more than fits a line; its first sentence is the point.
    const [what = ""] = error instanceof Error ? error.message.split(/\. |\n/) : [];
    throw usage(what);
  }
}

function allow(options: Options, what: string, allowed: readonly (keyof Options)[]): void {
  const names = Object.keys(options) as (keyof Options)[]; // parseArgs knows no others
  const stray = names.find((name) => !allowed.includes(name));
  if (stray !== undefined) throw usage(`--${stray} has no meaning for ${what}`);
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (!(port <= 65_535)) throw usage(`--port takes a number from 0 to 65535, not ${text}`);
  return port;
}

function usage(what: string): LibraryError {
  return new LibraryError("USAGE", what);
}
