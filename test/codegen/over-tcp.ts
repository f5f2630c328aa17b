import { Identity, Vat } from "handfast";
import { type Client, type InterfaceOf, type Servable } from "handfast/capnp";
import { onTestFinished } from "vitest";

/** A reference to `server` as a peer has it who dialled over TCP; options are the host's. */
export async function overTcp<C extends Client, S extends Servable>(
  type: InterfaceOf<C, S>,
  server: S,
  options: object = {},
): Promise<C> {
  const host = await open({ ...options, admit: "anyone" as const, bootstrap: () => server });
  const { address } = await host.listen("tcp://127.0.0.1:0");
  const guest = await open({});
  return guest.connect(address).bootstrap(type);
}

async function open(options: object): Promise<Vat> {
  const identity = await Identity.generate();
  const vat = await Vat.open({ network: "handfast.codegen", ...options, identity });
  onTestFinished(() => vat.close());
  return vat;
}
