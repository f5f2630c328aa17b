import { type ClientOf, type InterfaceType } from "../capnp/index.ts";
import { type Path } from "../rpc/index.ts";
import { type CallBase } from "./call.ts";

/** A struct in the results of a call under way; what generated pipeline classes extend. */
export abstract class Pipeline {
  readonly $call: CallBase<unknown>;
  readonly $path: Path;

  constructor(call: CallBase<unknown>, path: Path) {
    this.$call = call;
    this.$path = path;
  }
}

/** The class of a struct that generated code pipelines through. */
export type PipelineClass<P extends Pipeline> = new (call: CallBase<unknown>, path: Path) => P;

/** The struct that a pointer of the results leads to, before it has arrived. */
export function pipelineStruct<P extends Pipeline>(
  parent: CallBase<unknown> | Pipeline,
  pointer: number,
  Type: PipelineClass<P>,
): P {
  const [call, path] = step(parent, pointer);
  return new Type(call, path);
}

/** A group of the results shares its struct's pointers, so it is no step. */
export function pipelineGroup<P extends Pipeline>(
  parent: CallBase<unknown> | Pipeline,
  Type: PipelineClass<P>,
): P {
  return parent instanceof Pipeline ? new Type(parent.$call, parent.$path) : new Type(parent, []);
}

/** The capability that a pointer of the results leads to, usable at once. */
export function pipelineCap<T extends InterfaceType>(
  parent: CallBase<unknown> | Pipeline,
  pointer: number,
  type: T,
): ClientOf<T> {
  const [call, path] = step(parent, pointer);
  return call.$pipeline(path, type);
}

function step(parent: CallBase<unknown> | Pipeline, pointer: number): [CallBase<unknown>, Path] {
  return parent instanceof Pipeline
    ? [parent.$call, [...parent.$path, pointer]]
    : [parent, [pointer]];
}
