import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { peerIdOfKey, toBase64 } from "../../src/base/index.ts";
import {
  NetError,
  parseHost,
  parseListenAddress,
  parsePeerAddress,
  parsePlainAddress,
  type PeerAddress,
  printPeerAddress,
  printScuttlebuttAddress,
} from "../../src/net/index.ts";
import { thrownBy } from "../support/thrown.ts";

const KEY = Uint8Array.from({ length: 32 }, (_, index) => index * 5);
const ID = peerIdOfKey(KEY);

const host = fc.oneof(
  fc.domain().map((name) => name.toLowerCase()),
  fc.ipV4(),
  fc.ipV6().map((address) => address.toLowerCase()),
);
const address: fc.Arbitrary<PeerAddress> = fc.record(
  {
    id: fc.uint8Array({ minLength: 32, maxLength: 32 }).map(peerIdOfKey),
    host,
    port: fc.integer({ min: 1, max: 65_535 }),
    suite: fc.constantFrom("aead64k", "box-stream", "compact"),
    sturdyId: fc.stringMatching(/^[A-Za-z0-9._~-]{1,40}$/),
  },
  { requiredKeys: ["id", "host", "port", "suite"] },
);

function faultOf(
  parse: (text: string) => unknown,
  text: string,
): { code: string; column?: number } {
  try {
    parse(text);
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    return { code: error.code, column: error.at!.column };
  }
  return { code: "parsed" };
}

describe("a host alone", () => {
  it("is a name or an address, of IPv6 with brackets or without", () => {
    expect(parseHost("Library.example")).toBe("library.example");
    for (const text of ["::1", "[::1]"]) expect(parseHost(text)).toBe("::1");
    for (const bad of ["", "my host", "a:1", "[::1", "1.2.3"]) {
      expect(thrownBy(() => parseHost(bad))).toMatchObject({ code: "ADDRESS_INVALID" });
    }
  });
});

describe("a peer's address", () => {
  it("reads back as it was printed", () => {
    fc.assert(
      fc.property(address, (made) => {
        const printed = printPeerAddress(made);
        expect(parsePeerAddress(printed)).toEqual(made);
        expect(printPeerAddress(parsePeerAddress(printed))).toBe(printed);
      }),
    );
  });

  it("reads back from Scuttlebutt's spelling", () => {
    fc.assert(
      fc.property(address, (made) => {
        const plain: PeerAddress = {
          id: made.id,
          host: made.host,
          port: made.port,
          suite: "box-stream",
        };
        expect(parsePeerAddress(printScuttlebuttAddress(plain)!)).toEqual(plain);
      }),
    );
  });

  it("means aead64k when it names no suite, and box-stream in Scuttlebutt's spelling", () => {
    expect(parsePeerAddress(`capnp://${ID}@host:1`).suite).toBe("aead64k");
    expect(parsePeerAddress(`capnp://${ID}@host:1?suite=compact`).suite).toBe("compact");
    expect(parsePeerAddress(`net:host:1~shs:${toBase64(KEY)}`).suite).toBe("box-stream");
  });

  it("cannot always be said in Scuttlebutt's spelling", () => {
    const compact = parsePeerAddress(`capnp://${ID}@host:1?suite=compact`);
    expect(printScuttlebuttAddress(compact)).toBeUndefined();
  });

  it("may be a socket of this machine", () => {
    const text = `capnp+unix://${ID}@/run/desk.sock?suite=compact`;
    const made = parsePeerAddress(text);
    expect(made).toEqual({ id: ID, host: "", port: 0, path: "/run/desk.sock", suite: "compact" });
    expect(printPeerAddress(made)).toBe(text);
    expect(printScuttlebuttAddress({ ...made, suite: "box-stream" })).toBeUndefined();
    const long = { code: "ADDRESS_INVALID", column: 15 + ID.length };
    expect(faultOf(parsePeerAddress, `capnp+unix://${ID}@/${"x".repeat(107)}`)).toEqual(long);
  });

  it("has a host in lower case", () => {
    expect(parsePeerAddress(`capnp://${ID}@Host.Example:1`).host).toBe("host.example");
  });

  const key = ID.length; // capnp:// and the key put what follows at column 9 + key
  it.each([
    ["", 1],
    ["http://x", 1],
    ["capnp://", 9],
    [`capnp://${ID}`, 9 + key],
    ["capnp://ed25519:short@host:1", 9],
    [`capnp://mtls-sha256:${"0".repeat(64)}@host:1`, 9],
    [`capnp://${ID}#host:1`, 9 + key],
    [`capnp://${ID}@`, 10 + key],
    [`capnp://${ID}@host`, 14 + key],
    [`capnp://${ID}@host:`, 15 + key],
    [`capnp://${ID}@host:0`, 15 + key],
    [`capnp://${ID}@host:65536`, 15 + key],
    [`capnp://${ID}@host:007`, 15 + key],
    [`capnp://${ID}@host:1x`, 16 + key],
    [`capnp://${ID}@host:1/`, 17 + key],
    [`capnp://${ID}@host:1?x`, 17 + key],
    [`capnp://${ID}@host:1?suite=tls`, 23 + key],
    [`capnp://${ID}@[::1:1`, 16 + key],
    [`capnp://${ID}@[::g]:1`, 11 + key],
    [`capnp://${ID}@256.1.1.1:1`, 10 + key],
    [`capnp://${ID}@-host:1`, 10 + key],
    [`net:host:1`, 11],
    [`net:host:1~shs:abc`, 16],
  ])("%s is refused at column %i", (text, column) => {
    expect(faultOf(parsePeerAddress, text)).toEqual({ code: "ADDRESS_INVALID", column });
  });

  it("is read or refused, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(["parsed", "ADDRESS_INVALID"]).toContain(faultOf(parsePeerAddress, text).code);
      }),
    );
  });
});

describe("where a plain service is", () => {
  it("is a host and a port, or a socket of this machine", () => {
    expect(parsePlainAddress("127.0.0.1:80", 1)).toEqual({ host: "127.0.0.1", port: 80 });
    expect(parsePlainAddress("tcp://[::1]:80", 1)).toEqual({ host: "::1", port: 80 });
    expect(parsePlainAddress("unix:/run/x", 1)).toEqual({ host: "", port: 0, path: "/run/x" });
    expect(faultOf((text) => parsePlainAddress(text, 1), "host:0").column).toBe(6);
  });
});

describe("where to listen", () => {
  it("is a host and a port, 0 for any", () => {
    expect(parseListenAddress("tcp://0.0.0.0:7000")).toEqual({ host: "0.0.0.0", port: 7000 });
    expect(parseListenAddress("tcp://[::]:0")).toEqual({ host: "::", port: 0 });
    const path = "/run/desk.sock";
    expect(parseListenAddress(`unix:${path}`)).toEqual({ host: "", port: 0, path });
  });

  it.each([
    ["unix:relative", 6],
    ["unix:/run/x?y", 12],
    ["0.0.0.0:7000", 1],
    ["tcp://:7000", 7],
    ["tcp://host", 11],
    ["tcp://host:99999", 12],
    ["tcp://host:1/x", 13],
  ])("%s is refused at column %i", (text, column) => {
    expect(faultOf(parseListenAddress, text)).toEqual({ code: "ADDRESS_INVALID", column });
  });
});
