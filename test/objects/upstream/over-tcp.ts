import { Identity, Vat } from "handfast";
import { type Client, type InterfaceType, type Servable } from "handfast/capnp";
import { onTestFinished } from "vitest";

/** Two vats, and a reference to the object of the one as the other has it over TCP. */
export async function overTcp<C extends Client, S extends Servable>(
  type: InterfaceType<C, S>,
  server: S,
): Promise<{ readonly root: C; readonly host: Vat; readonly guest: Vat }> {
  const host = await open({ admit: "anyone" as const, bootstrap: () => server });
  const { address } = await host.listen("tcp://127.0.0.1:0");
  const guest = await open({});
  return { root: guest.connect(address).bootstrap(type), host, guest };
}

async function open(options: object): Promise<Vat> {
  const identity = await Identity.generate();
  const vat = await Vat.open({ network: "handfast.capnp-ts", ...options, identity });
  onTestFinished(() => vat.close());
  return vat;
}
