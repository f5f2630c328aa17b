import { type LocalHook } from "../rpc/index.ts";

/** The hook that an object keeps, if it keeps one. */
export let keptHook: (object: object) => LocalHook | undefined;

/** Has an object keep a hook, or none; `false` when it cannot: it is a proxy, for instance. */
export let keepHook: (object: object, hook: LocalHook | undefined) => boolean;

/**
 * An object that remembers the hook it is served under, where no method of its own can see it. A
 * million entries of a weak map would take four times the room, and more of the collector's time.
 */
export abstract class HookKeeper {
  #hook: LocalHook | undefined;

  static {
    keptHook = (object) => (#hook in object ? object.#hook : undefined);
    keepHook = (object, hook) => {
      if (!(#hook in object)) return false;
      object.#hook = hook;
      return true;
    };
  }
}
