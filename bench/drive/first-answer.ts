/** From the import of a library to the first answer: `first-answer PEER ADDRESS`. */
import { parseAddress } from "../peers/address.ts";
import { rpcPeer } from "../peers/registry.ts";
import { say } from "./orders.ts";

const [name = "", address = ""] = process.argv.slice(2);
const startMs = performance.now();
const peer = await rpcPeer(name);
const client = await peer.connect(parseAddress(address));
await client.echo(new Uint8Array(8));
say(JSON.stringify({ ms: performance.now() - startMs }));
