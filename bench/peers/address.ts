/** Where a server is. The port stands apart, so that a proxy can put its own there. */
export interface Address {
  readonly port: number;
  /** What else a client must know: a key, certificates. One line of text. */
  readonly rest: string;
}

export const HOST = "127.0.0.1";

export function printAddress({ port, rest }: Address): string {
  return rest === "" ? String(port) : `${port} ${rest}`;
}

export function parseAddress(text: string): Address {
  const [, port = "", rest = ""] = /^(\d+) ?(.*)$/.exec(text) ?? [];
  return { port: Number(port), rest };
}
