/** SIGINT and SIGTERM, which ask this process to come to an end. */
export interface StopSignal {
  /** Settles with the first of them. */
  readonly first: Promise<void>;
  /** Goes back to what the system does with them. */
  dispose(): void;
}

/** Takes both signals over; `again` is called for each one after the first. */
export function stopSignal(again: () => void): StopSignal {
  let stop: (() => void) | undefined;
  const first = new Promise<void>((resolve) => (stop = resolve));
  const heard = () => {
    if (stop === undefined) again();
    stop?.();
    stop = undefined;
  };
  process.on("SIGINT", heard).on("SIGTERM", heard);
  return {
    first,
    dispose: () => {
      process.off("SIGINT", heard).off("SIGTERM", heard);
    },
  };
}
