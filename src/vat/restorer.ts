import { type Servable } from "../capnp/index.ts";

/** Loads the object of a sturdy id; called anew only when nobody holds it any more. */
export type LoadById<S extends Servable> = (id: string) => S | PromiseLike<S>;

/** What a restorer needs of its vat. */
export interface RestorerOwner {
  /** Holds an object as a peer would; the function returned lets go. */
  hold(object: Servable): () => void;
  /** Calls back once, when nobody holds the object any more. */
  whenDropped(object: Servable, callback: () => void): void;
  endOfTurn(callback: () => void): void;
}

/**
 * Objects that outlive their references under ids of their own, each loaded once: who asks while it
 * is being loaded waits for the same load, and who asks while anybody holds it gets the same object.
 * An id is a bearer's right unless the method that restores asks who calls, so make it unguessable.
 *
 *   absent    `restore`: loading
 *   loading   loaded: live; the load fails, and so does everybody's `restore`: absent
 *   live      the last reference is dropped: absent
 */
export class Restorer<S extends Servable> {
  readonly #owner: RestorerOwner;
  readonly #load: LoadById<S>;
  /** Those loading and those live, by id. */
  readonly #objects = new Map<string, Promise<S>>();

  constructor(owner: RestorerOwner, load: LoadById<S>) {
    this.#owner = owner;
    this.#load = load;
  }

  /**
   * The object of that id, to be handed out before the turn of the event loop ends in which this
   * settles: `return { object: restorer.restore(id) }` does. Rejects with what `load` threw.
   */
  async restore(id: string): Promise<S> {
    for (;;) {
      const loading = this.#objects.get(id) ?? this.#loading(id);
      const object = await loading;
      if (this.#objects.get(id) !== loading) continue; // it was dropped in between
      const letGo = this.#owner.hold(object);
      this.#owner.endOfTurn(letGo);
      return object;
    }
  }

  #loading(id: string): Promise<S> {
    const loading = this.#loaded(id);
    this.#objects.set(id, loading);
    loading.catch(() => this.#objects.delete(id));
    return loading;
  }

  async #loaded(id: string): Promise<S> {
    const object = await this.#load(id);
    this.#owner.whenDropped(object, () => this.#objects.delete(id));
    return object;
  }
}
