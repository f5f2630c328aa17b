/**
 * The two ends of the line between the story and the processes that act in it. It carries stage
 * directions only: what the peers have to say to one another goes over TCP.
 */

/** What a process can be asked to do. Arguments and results are plain JSON values. */
export type Actions = Readonly<Record<string, (...args: never[]) => unknown>>;

export interface Request {
  readonly id: number;
  readonly action: string;
  readonly args: readonly unknown[];
}

export type Message =
  | { readonly is: "done"; readonly id: number; readonly result: unknown }
  | { readonly is: "failed"; readonly id: number; readonly code: string; readonly message: string }
  | { readonly is: "event"; readonly event: unknown };

/** Does what the story asks, in the process that acts; ends with the story. */
export function act(actions: Actions): void {
  process.on("message", ({ id, action, args }: Request) => {
    void perform(actions, action, args).then(
      (result) => send({ is: "done", id, result }),
      (error: unknown) => send({ is: "failed", id, ...describe(error) }),
    );
  });
  process.on("disconnect", () => process.exit(1));
}

/** Tells the story that something happened. */
export function report(event: unknown): void {
  send({ is: "event", event });
}

async function perform(actions: Actions, name: string, args: readonly unknown[]): Promise<unknown> {
  const action = actions[name];
  if (action === undefined) throw new Error(`there is no action ${name}`);
  return await action(...(args as never[])); // the story's `ask` has checked them
}

function send(message: Message): void {
  process.send?.(message);
}

function describe(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: "INTERNAL", message: String(error) };
  const code = "code" in error && typeof error.code === "string" ? error.code : "INTERNAL";
  return { code, message: code === "INTERNAL" ? (error.stack ?? error.message) : error.message };
}
