import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Actions, type Message, type Request } from "./actions.ts";

/** What an actor was asked to do and could not: the code and message of its error. */
export class ActionFailed extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A process of its own that acts in the story. */
export class Actor<A extends Actions> {
  readonly name: string;
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<(event: unknown) => void>();
  #lastId = 0;

  /** Starts `<script>.ts` of this folder, by default the way this process was started. */
  constructor(name: string, script: string, execArgv = process.execArgv) {
    this.name = name;
    this.#process = fork(fileURLToPath(new URL(`${script}.ts`, import.meta.url)), { execArgv });
    this.#process.on("message", (message: Message) => this.#receive(message));
    this.#process.on("exit", () => {
      for (const { reject } of this.#waiting.values()) {
        reject(new ActionFailed("EXITED", `the process of the ${name} has ended`));
      }
      this.#waiting.clear();
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Has it do something; rejects with {@link ActionFailed} when it cannot. */
  ask<K extends keyof A & string>(
    action: K,
    ...args: Parameters<A[K]>
  ): Promise<Awaited<ReturnType<A[K]>>> {
    const request: Request = { id: (this.#lastId += 1), action, args };
    return new Promise((resolve, reject) => {
      // What arrives is what the action returned, sent as JSON.
      this.#waiting.set(request.id, { resolve: resolve as (result: unknown) => void, reject });
      this.#process.send(request, (error) => {
        if (error !== null) this.#take(request.id)?.reject(error);
      });
    });
  }

  /** Resolves with the next event that `matches`. */
  next<E>(matches: (event: unknown) => event is E): Promise<E> {
    return new Promise((resolve) => {
      const listener = (event: unknown) => {
        if (!matches(event)) return;
        this.#listeners.delete(listener);
        resolve(event);
      };
      this.#listeners.add(listener);
    });
  }

  /** Ends the process and waits until it has: at once, as a crash would. */
  async kill(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exited;
  }

  #receive(message: Message): void {
    switch (message.is) {
      case "done":
        this.#take(message.id)?.resolve(message.result);
        break;
      case "failed":
        this.#take(message.id)?.reject(new ActionFailed(message.code, message.message));
        break;
      case "event":
        for (const listener of [...this.#listeners]) listener(message.event);
        break;
      default:
        message satisfies never;
    }
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}
