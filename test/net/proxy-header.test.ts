import { describe, expect, it } from "vitest";
import { peerIdOfKey } from "../../src/base/index.ts";
import { proxyHeader } from "../../src/net/index.ts";

const ID = peerIdOfKey(new Uint8Array(32));
const SIGNATURE = "0d0a0d0a000d0a515549540a";
/** Type 0xe0, 51 bytes. */
const TLV = `e00033${Buffer.from(`ed25519:${"A".repeat(43)}`).toString("hex")}`;

const hex = (...args: Parameters<typeof proxyHeader>) =>
  Buffer.from(proxyHeader(...args)).toString("hex");

describe("a PROXY header", () => {
  it("gives IPv4 endpoints in 12 bytes, and the peer's id", () => {
    const source = { host: "192.168.0.1", port: 57005 };
    const destination = { host: "127.0.0.1", port: 49374 };
    expect(hex({ source, destination }, ID)).toBe(
      `${SIGNATURE}21110042c0a800017f000001deadc0de${TLV}`,
    );
  });

  it.each([
    ["::1", "00000000000000000000000000000001"],
    ["::", "00000000000000000000000000000000"],
    ["2001:db8::8:800:200c:417a", "20010db80000000000080800200c417a"],
    ["fe80::1%eth0", "fe800000000000000000000000000001"],
    ["1:2:3:4:5:6:7:8", "00010002000300040005000600070008"],
    ["64:ff9b::192.0.2.33", "0064ff9b0000000000000000c0000221"],
  ])("gives %s in 16 bytes", (host, bytes) => {
    const source = { host, port: 1 };
    const destination = { host: "::1", port: 443 };
    const address = `${bytes}${"0".repeat(31)}1000101bb`;
    expect(hex({ source, destination }, ID)).toBe(`${SIGNATURE}2121005a${address}${TLV}`);
  });

  it("gives the paths of a Unix-domain socket in 216 bytes", () => {
    const destination = { host: "", port: 0, path: "/run/x" };
    const paths = "0".repeat(216) + Buffer.from("/run/x").toString("hex").padEnd(216, "0");
    expect(hex({ source: undefined, destination }, ID)).toBe(`${SIGNATURE}2131010e${paths}${TLV}`);
  });

  it("says nothing about a client whose address is gone", () => {
    const destination = { host: "127.0.0.1", port: 1 };
    expect(hex({ source: undefined, destination }, ID)).toBe(`${SIGNATURE}21000036${TLV}`);
  });
});
