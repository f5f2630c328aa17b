import { Hook } from "./hook.ts";

/** A hook that acts when its last reference goes. Made with one reference, its maker's. */
export abstract class CountedHook extends Hook {
  #references = 1;

  get references(): number {
    return this.#references;
  }

  retain(): this {
    this.#references += 1;
    return this;
  }

  release(): void {
    if (this.#references === 0) throw new Error("a capability was released more than it was held");
    this.#references -= 1;
    if (this.#references === 0) this.unreferenced();
  }

  /** The last reference is gone. */
  protected abstract unreferenced(): void;
}
