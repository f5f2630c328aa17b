// peer serve               prints `listening <port>` and serves until stdin closes
// peer check <host:port> [<check>…]
//   prints `ok <check>` or `FAIL <check>: <why>` for each (none named: all); exits 1 on any FAIL

import { once } from "node:events";
import { type CallObserver, Identity, Vat } from "handfast";
import { InteropObject } from "./handfast/bootstrap.ts";
import { type Check, CHECKS } from "./handfast/checks.ts";
import { Interop } from "./handfast/interop.capnp.ts";

/** Nobody is proven on plain TCP; a vat has these all the same. */
const WHO = async () => ({ identity: await Identity.generate(), network: "handfast.interop" });
const CHECK_TIMEOUT_MS = 15_000;

/** Every other call carries a trace, in a field of `Call` that no peer but ours has heard of. */
const TRACED: CallObserver<boolean> = {
  start: () => (traced = !traced),
  traceOf: (isTraced) => (isTraced ? TRACE : undefined),
  end: () => {},
};
let traced = false;
const TRACE = {
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  tracestate: "handfast=interop",
};

async function serve(): Promise<void> {
  await using vat = await Vat.open({
    ...(await WHO()),
    anonymousBootstrap: () => new InteropObject(),
  });
  const { address } = await vat.listen("insecure://127.0.0.1:0");
  say(`listening ${new URL(address).port}`);
  await once(process.stdin.resume(), "end");
}

async function checkAll(address: string, wanted: readonly string[]): Promise<void> {
  for (const [name, check] of Object.entries(CHECKS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const why = await runCheck(address, check);
    say(why === undefined ? `ok ${name}` : `FAIL ${name}: ${why}`);
    if (why !== undefined) process.exitCode = 1;
  }
}

/** Runs a check on a connection of its own; tells why it failed, if it did. */
async function runCheck(address: string, check: Check): Promise<string | undefined> {
  await using vat = await Vat.open({ ...(await WHO()), observers: [TRACED] });
  const interop = vat.connect(`insecure://${address}`).bootstrap(Interop);
  try {
    await inTime(check(interop));
    return undefined;
  } catch (error) {
    return String(error).replaceAll(/\s+/g, " ");
  }
}

async function inTime(checking: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const why = new Error(`no end after ${CHECK_TIMEOUT_MS} ms`);
    timer = setTimeout(() => reject(why), CHECK_TIMEOUT_MS);
  });
  try {
    await Promise.race([checking, late]);
  } finally {
    clearTimeout(timer);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const [mode, address, ...wanted] = process.argv.slice(2);
if (mode === "serve" && address === undefined) await serve();
else if (mode === "check" && address !== undefined) await checkAll(address, wanted);
else {
  process.stderr.write("usage: peer serve | peer check <host:port> [<check>…]\n");
  process.exitCode = 2;
}
