import { type Suite } from "../harness/turns.ts";
import { bulk } from "./bulk.ts";
import { calls } from "./calls.ts";
import { capabilities } from "./capabilities.ts";
import { codec } from "./codec.ts";
import { flood } from "./flood.ts";
import { handshake } from "./handshake.ts";
import { idle } from "./idle.ts";
import { mixed } from "./mixed.ts";
import { observe } from "./observe.ts";
import { pipeline } from "./pipeline.ts";
import { scale } from "./scale.ts";
import { startup } from "./startup.ts";
import { transport } from "./transport.ts";

/** In the order in which they run and stand in the README. */
export const SUITES: readonly Suite[] = [
  calls,
  mixed,
  pipeline,
  bulk,
  capabilities,
  scale,
  startup,
  observe,
  handshake,
  transport,
  flood,
  idle,
  codec,
];
