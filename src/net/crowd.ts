import { type Random } from "./random.ts";

/** One of a crowd. */
export interface Member {
  readonly hangUp: () => void;
  /** Where it stands in the crowd; `undefined` once it has left or was pushed out. */
  index: number | undefined;
}

/**
 * Clients that wait for something, of which there may be so many. From half of that on newcomers
 * push others out at random, the likelier the fuller it is (random early drop): an honest client is
 * here for a round trip only, so it is hardly ever the one.
 */
export class Crowd {
  readonly #max: number;
  readonly #random: Random;
  /** In no order. */
  readonly #members: Member[] = [];

  constructor(max: number, random: Random) {
    this.#max = max;
    this.#random = random;
  }

  get size(): number {
    return this.#members.length;
  }

  /** From 0 at half of what it may be to 1 at all of it; negative below. */
  get crowding(): number {
    const half = this.#max / 2;
    return (this.#members.length - half) / half;
  }

  /** Takes one more in, and perhaps pushes one out for it. */
  join(hangUp: () => void): Member {
    const victim = this.#members[Math.floor(this.#random() * this.#members.length)];
    if (victim !== undefined && this.#random() < this.crowding) {
      this.leave(victim);
      victim.hangUp();
    }
    const member = { hangUp, index: this.#members.length };
    this.#members.push(member);
    return member;
  }

  leave(member: Member): void {
    const { index } = member;
    if (index === undefined) return;
    member.index = undefined;
    const last = this.#members.pop();
    if (last === undefined || index === this.#members.length) return;
    this.#members[index] = last;
    last.index = index;
  }
}
