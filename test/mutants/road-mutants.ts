import { type Mutant } from "./mutants.ts";

const KEEPALIVE = ["test/net/tcp-keepalive.test.ts"];
const ONE_WRITE = ["test/net/one-write.test.ts"];

/** By the rules of sockets, records and received bytes that do no harm at once when they are broken. */
export const roadMutants: readonly Mutant[] = [
  {
    rule: "nothing more is read while `admit` is asked",
    file: "src/net/message-reader.ts",
    from: "if (!this.#done) this.#wire.pause();",
    to: "",
    tests: ["test/hostile/patience.test.ts"],
  },
  {
    rule: "compact shows life by its empty frame",
    file: "src/shs/compact-stream.ts",
    from: 'showsLife = "one-way"',
    to: 'showsLife = "none"',
    tests: ["test/net/life.test.ts"],
  },
  {
    rule: "TCP's keepalive watches over what was accepted",
    file: "src/net/door.ts",
    from: "socket.setKeepAlive(true, this.terms.limits.keepaliveMs);",
    to: "",
    tests: KEEPALIVE,
  },
  {
    rule: "TCP's keepalive watches over what was dialled",
    file: "src/net/connect.ts",
    from: "keepAlive: true,",
    to: "keepAlive: false,",
    tests: KEEPALIVE,
  },
  {
    rule: "TCP's keepalive watches over what was dialled with TLS",
    file: "src/net/connect-tls.ts",
    from: "socket.setKeepAlive(true, limits.keepaliveMs);",
    to: "",
    tests: KEEPALIVE,
  },
  {
    rule: "early data leaves in one write with M3",
    file: "src/net/connect.ts",
    from: "wire.cork(); // early data leaves with M3",
    to: "",
    tests: ONE_WRITE,
  },
  {
    rule: "the records of one turn leave in one write",
    file: "src/net/outgoing.ts",
    from: "if (several) wire.cork();",
    to: "",
    tests: ONE_WRITE,
  },
  {
    rule: "what is written leaves at the end of the turn, not by a timer",
    file: "src/net/outgoing.ts",
    from: "this.#flushDue ??= setImmediate(this.#flushNow);",
    to: "this.#flushDue ??= setTimeout(this.#flushNow, 5) as never;",
    tests: ["test/vat/calls.test.ts"],
  },
  {
    rule: "a turn ends by itself, not by a timer",
    file: "src/net/clock.ts",
    from: "setImmediate(callback);",
    to: "setTimeout(callback, 5);",
    tests: ["test/net/clock.test.ts"],
  },
  {
    rule: "small received bytes are never written to again",
    file: "src/shs/record-opener.ts",
    from: "? new Uint8Array(length)",
    to: "? ((allocate as { it?: Uint8Array }).it ??= new Uint8Array(LONG_BYTES)).subarray(0, length)",
    tests: ["test/vat/roads.test.ts"],
  },
  {
    rule: "a message is copied out of memory that is only lent",
    file: "src/capnp/framing.ts",
    from: "const inScratch = this.#chunk.buffer === this.#scratch?.buffer;",
    to: "const inScratch = false;",
    tests: ["test/capnp/framing.test.ts"],
  },
  {
    rule: "a key pair shows its public half only",
    file: "src/shs/identity.ts",
    from: "return { id: this.id };",
    to: "return { id: this.id, seed: this.revealSeed() } as { id: PeerId };",
    tests: ["test/hostile/secrets.test.ts"],
  },
  {
    rule: "a peer's words cannot move the cursor, in JSON either",
    file: "src/cli/terminal.ts",
    from: "return JSON.stringify(value).replace(UNPRINTABLE,",
    to: "return JSON.stringify(value).replace(/(?!)/g,",
    tests: ["test/hostile/shown.test.ts"],
  },
];
