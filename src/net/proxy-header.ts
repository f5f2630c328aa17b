import { isIPv4, isIPv6 } from "node:net";
import { type PeerId } from "../base/index.ts";
import { type ListenAddress } from "./address.ts";
import { type Endpoints } from "./endpoints.ts";

/**
 * The header of PROXY protocol v2 (HAProxy's proxy-protocol.txt, §2.2) that tells a service who is
 * behind a connection: where the client's bytes come from, and in {@link PEER_ID_TLV} whose key it
 * has proven. A service must take it from the tunnel alone: anybody can write one.
 */
export function proxyHeader({ source, destination }: Endpoints, id: PeerId): Uint8Array {
  const { family, addresses } = addressBlock(source, destination);
  const block = Buffer.concat([addresses, tlv(PEER_ID_TLV, Buffer.from(id, "ascii"))]);
  const start = Buffer.from([VERSION_2_PROXY, family, 0, 0]);
  start.writeUInt16BE(block.length, 2);
  return Buffer.concat([SIGNATURE, start, block]);
}

/** The peer's id, in ASCII: `ed25519:…`. The first type that §2.2.8 leaves to applications. */
export const PEER_ID_TLV = 0xe0;

const SIGNATURE = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");
const VERSION_2_PROXY = 0x21;

/** Address family and SOCK_STREAM, §2.2. */
const UNSPECIFIED = 0x00;
const TCP_OVER_IPV4 = 0x11;
const TCP_OVER_IPV6 = 0x21;
const UNIX_STREAM = 0x31;

/** Of each of the two paths in a UNIX block. */
const PATH_BYTES = 108;

function addressBlock(
  source: ListenAddress | undefined,
  destination: ListenAddress,
): { readonly family: number; readonly addresses: Buffer } {
  if (destination.path !== undefined) {
    const paths = [source?.path ?? "", destination.path].map(pathBytes);
    return { family: UNIX_STREAM, addresses: Buffer.concat(paths) };
  }
  const hosts = [source?.host ?? "", destination.host];
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(source?.port ?? 0, 0);
  ports.writeUInt16BE(destination.port, 2);
  if (hosts.every((host) => isIPv4(host))) {
    const addresses = Buffer.concat([...hosts.map(ipv4Bytes), ports]);
    return { family: TCP_OVER_IPV4, addresses };
  }
  if (hosts.every((host) => isIPv6(host))) {
    const addresses = Buffer.concat([...hosts.map(ipv6Bytes), ports]);
    return { family: TCP_OVER_IPV6, addresses };
  }
  return { family: UNSPECIFIED, addresses: Buffer.alloc(0) }; // it is gone already
}

function ipv4Bytes(host: string): Buffer {
  return Buffer.from(host.split(".").map(Number));
}

function ipv6Bytes(host: string): Buffer {
  const [address = ""] = host.split("%"); // a zone means nothing to others
  const dotted = /[\d.]*\.[\d.]*$/.exec(address)?.[0];
  const last = dotted === undefined ? [] : [...ipv4Bytes(dotted)];
  const [head = "", tail] = address.slice(0, address.length - (dotted?.length ?? 0)).split("::");
  const before = groupBytes(head);
  const after = [...groupBytes(tail ?? ""), ...last];
  const zeros = Buffer.alloc(16 - before.length - after.length);
  return Buffer.concat([Buffer.from(before), zeros, Buffer.from(after)]);
}

function groupBytes(text: string): readonly number[] {
  const groups = text.split(":").filter((group) => group !== "");
  return groups.flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

function pathBytes(path: string): Buffer {
  const block = Buffer.alloc(PATH_BYTES);
  block.write(path);
  return block;
}

function tlv(type: number, value: Buffer): Buffer {
  const head = Buffer.from([type, 0, 0]);
  head.writeUInt16BE(value.length, 1);
  return Buffer.concat([head, value]);
}
