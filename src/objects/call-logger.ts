import { type Logger } from "../base/index.ts";
import { type ObservedCall } from "./call-observer.ts";

/** What a method may tell its caller's operator; the names of {@link Logger}. */
export type LogLevel = keyof Logger;

/** Brings a line to whoever sent this call, if they asked for such lines. Never throws. */
export type ClientLog = (
  call: ObservedCall,
  level: LogLevel,
  message: string,
  extra: object | undefined,
) => void;

/** A logger whose every line says which call it is about, whatever the user's fields are called. */
export function callLogger(log: Logger, call: ObservedCall): Logger {
  const ours = {
    requestId: call.requestId,
    interface: call.interface,
    method: call.method,
    peer: call.peer?.id ?? call.peer?.address,
    principal: call.auth?.principal ?? null,
  };
  const line =
    (level: LogLevel) =>
    (fields: object, message: string): void => {
      log[level]({ ...fields, ...ours }, message);
    };
  return {
    debug: line("debug"),
    info: line("info"),
    warn: line("warn"),
    error: line("error"),
  };
}
