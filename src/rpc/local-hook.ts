import { CountedHook } from "./counted-hook.ts";
import { type Hook, type Request, type Results, type Servant } from "./hook.ts";
import { LocalCall } from "./local-call.ts";
import { type Turn, type TurnQueue } from "./turn-queue.ts";

/**
 * An object of this vat. Every call to it, from a peer or from here, is a turn of its own, so calls
 * arrive in the order they were made and never inside one another.
 */
export class LocalHook extends CountedHook implements Turn {
  readonly turns: TurnQueue;
  readonly servant: Servant;
  readonly #label: string;

  constructor(turns: TurnQueue, servant: Servant, label = "object") {
    super();
    this.turns = turns;
    this.servant = servant;
    this.#label = label;
  }

  override get label(): string {
    return this.#label;
  }

  call(request: Request): Results {
    const call = new LocalCall(this, request);
    this.turns.push(call);
    return call;
  }

  resolved(): this {
    return this;
  }

  get settled(): boolean {
    return true;
  }

  get broken(): undefined {
    return undefined;
  }

  whenResolved(): () => void {
    return () => {};
  }

  /** The turn in which the object learns that nobody can call it any more. */
  run(): void {
    this.servant.dropped();
  }

  protected unreferenced(): void {
    this.turns.push(this);
  }
}

/** The object behind a hook, when it is one of this vat's own: how an object is unwrapped. */
export function servantOf(hook: Hook): Servant | undefined {
  const end = hook.resolved();
  return end instanceof LocalHook ? end.servant : undefined;
}
