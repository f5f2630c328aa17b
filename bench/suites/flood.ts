import { pinProcess } from "../harness/machine.ts";
import { nodeProgram, type Pair } from "../harness/pair.ts";
import { Program } from "../harness/program.ts";
import { Samples } from "../harness/samples.ts";
import { openPairs, type Run, type Suite } from "../harness/turns.ts";

/** 20 s of flood for each peer, whatever the command line says. */
const ROUNDS = 5;
const FLOOD_MS = 4000;
const CALM_MS = 1000;
const STRANGERS = { halfOpen: 5000, garbage: 1000 };

export const flood: Suite = {
  name: "flood",
  about:
    "Round trips a second of one client, with nobody else there (`calm`) and while strangers from " +
    "500 other addresses keep 5,000 connections half open and open 1,000 a second that send garbage " +
    "(`flood`); and the part of them that it keeps. `raw-tcp` is a bare echo server, with the same " +
    "strangers before it.",
  estimateMs: (run) => 2 * (run.quick ? 1 : ROUNDS + 1) * (FLOOD_MS + 2 * CALM_MS),
  async run(run) {
    const samples = new Samples("flood");
    const pairs = await openPairs(run, "channel", ["raw-tcp", "handfast"]);
    const strangers = new Map([...pairs].map((pair) => [pair, strangersOf(pair, run)]));
    const rounds = run.quick ? 1 : ROUNDS;
    for (let round = run.quick ? 0 : -1; round < rounds; round += 1) {
      run.progress(`flood: round ${round + 1} of ${rounds}`);
      for (const [pair, program] of strangers) {
        try {
          const { calm, flooded } = await measure(pair, program, run);
          if (round < 0) continue; // the strangers were still coming
          samples.add("calm", pair.peer, "trips/s", calm);
          samples.add("flood", pair.peer, "trips/s", flooded);
          samples.add("kept", pair.peer, "kept %", (flooded / calm) * 100);
        } catch (error) {
          run.failed(`${pair.peer}, flood`, error);
          strangers.delete(pair);
          program.kill();
          pair.close();
        }
      }
    }
    for (const [pair, program] of strangers) {
      program.kill();
      pair.close();
    }
    return samples.rows();
  },
};

/** On the client's core: the server has its own to itself. */
function strangersOf(pair: Pair, run: Run): Program {
  const program = new Program(nodeProgram("flood-worker"));
  const pin = run.pins[0] ?? "none";
  pair.pin(pin);
  if (pin !== "none") pinProcess(program.pid, pin === "two" ? 1 : 0);
  return program;
}

async function measure({ client, address }: Pair, strangers: Program, { quick }: Run) {
  const calm = await trips(client, quick ? 100 : CALM_MS);
  const ms = quick ? 200 : FLOOD_MS;
  const { halfOpen, garbage } = STRANGERS;
  const flooding = strangers.say(
    `flood ms=${ms} halfOpen=${quick ? 100 : halfOpen} garbage=${garbage} port=${address}`,
  );
  const flooded = await trips(client, ms);
  await flooding;
  return { calm, flooded };
}

/** Round trips a second, one at a time, on one connection. */
async function trips(client: Program, ms: number): Promise<number> {
  const report = await client.ask("ping", { ms });
  return (report?.["count"] ?? Number.NaN) / (report?.["seconds"] ?? Number.NaN);
}
