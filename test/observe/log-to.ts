import {
  accessLog,
  type AccessLogOptions,
  AuthContext,
  type Clock,
  type ObservedCall,
  type RpcError,
} from "handfast";

export const STATISTICS = {
  messagesIn: 1,
  messagesOut: 1,
  bytesIn: 120,
  bytesOut: 80,
  capabilitiesIn: 0,
  capabilitiesOut: 0,
};

export const CALL: ObservedCall = {
  side: "served",
  interface: "library.capnp:Desk",
  method: "renew",
  peer: {
    id: undefined,
    address: "203.0.113.7:51334",
    transport: "tcp",
    signal: new AbortController().signal,
  },
  auth: AuthContext.of({ domain: "jwt", principal: "ann", claims: { secret: "hush" } }),
  label: "a loan",
  requestId: "r-1",
  trace: { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" },
};

/** A clock that goes on by 12.5 ms whenever it is asked, and whose timers go off when told to. */
export class StepClock implements Clock {
  readonly #timers: (() => void)[] = [];
  #nowMs = 0;

  now(): number {
    this.#nowMs += 12.5;
    return this.#nowMs;
  }

  after(_delayMs: number, callback: () => void): () => void {
    this.#timers.push(callback);
    return () => {};
  }

  get armed(): number {
    return this.#timers.length;
  }

  expire(): void {
    for (const callback of this.#timers.splice(0)) callback();
  }
}

export function logTo(lines: string[], options: Partial<AccessLogOptions> = {}) {
  return accessLog({
    serverId: "server",
    sink: (line) => lines.push(line),
    epochMs: () => Date.UTC(2026, 0, 2, 3, 4, 5),
    clock: new StepClock(),
    ...options,
  });
}

export function serve(
  log: ReturnType<typeof accessLog>,
  call: ObservedCall,
  error?: RpcError,
): void {
  log.end(log.start(call), error, STATISTICS);
}
