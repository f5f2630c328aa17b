import { type Command } from "commander";
import { HandfastError } from "../../base/index.ts";
import { type KeyPair } from "../../shs/index.ts";
import { readAnyKeyFile, StoreError } from "../../stores/index.ts";
import { failure, type Finding, lineOf, ok, warn } from "../doctor/finding.ts";
import { machineFindings } from "../doctor/machine.ts";
import { destinationOf, roadFindings } from "../doctor/road.ts";
import { defaultKeyPath } from "../key-path.ts";
import { networkOf } from "../network-option.ts";
import { type Terminal } from "../terminal.ts";
import { timeoutOption } from "../whole-number.ts";

interface DoctorOptions {
  readonly key: string;
  readonly network?: string;
  readonly timeout: number;
}

/** Something is wrong: the findings say what. */
class DoctorError extends HandfastError<"UNWELL"> {
  constructor(failed: number) {
    const what = failed === 1 ? "one finding is" : `${failed} findings are`;
    super("UNWELL", `${what} to be mended`, { blame: "caller" });
  }
}

export function addDoctor(program: Command, terminal: Terminal): void {
  program
    .command("doctor")
    .summary("find out what is wrong, here or on the way to a peer")
    .description(
      "Looks at this machine, at our key and, with ADDRESS, at the way to a peer, stage by stage. " +
        "Each line is ok, warn or fail, with what to do about it; the status is 1 if any is fail.",
    )
    .argument("[ADDRESS]", "a peer to look for, at any address that can be dialled")
    .option("--key <FILE>", "our key", defaultKeyPath(process.env))
    .option("--network <NAME>", "our network: a name, or 64 hexadecimal digits")
    .addOption(timeoutOption())
    .action(async (address: string | undefined, options: DoctorOptions) => {
      let failed = 0;
      for await (const finding of findings(address, options)) {
        if (finding.is === "fail") failed += 1;
        terminal.result({ text: lineOf(finding), json: finding });
      }
      if (failed > 0) throw new DoctorError(failed);
    });
}

/** Throws what is wrong with the words of the command line before it looks at anything. */
async function* findings(
  address: string | undefined,
  { key, network: name, timeout }: DoctorOptions,
): AsyncGenerator<Finding> {
  const destination = address === undefined ? undefined : destinationOf(address);
  const isNamed = name !== undefined || address?.startsWith("net:") === true;
  const network = isNamed ? networkOf(name, address) : undefined;

  yield* machineFindings();
  const { keyPair, finding } = await lookAtKey(key);
  yield finding;
  if (isNamed) yield ok("network", name ?? "Scuttlebutt's");
  if (destination !== undefined) yield* roadFindings(destination, { keyPair, network }, timeout);
}

async function lookAtKey(
  file: string,
): Promise<{ readonly keyPair?: KeyPair; readonly finding: Finding }> {
  try {
    const keyPair = await readAnyKeyFile(file);
    return { keyPair, finding: ok("key", `${keyPair.id}, for its owner alone, in ${file}`) };
  } catch (error) {
    const isUsual = file === defaultKeyPath(process.env);
    if (isUsual && error instanceof StoreError && error.code === "KEY_FILE_MISSING") {
      return { finding: warn("key", "there is none yet", "`handfast keygen` makes one") };
    }
    return { finding: failure("key", error) };
  }
}
