import { type CallOptions, ContentBuilder, locate } from "../capnp/index.ts";
import { type Hook, type Request, RpcError } from "../rpc/index.ts";
import { type ClientBase } from "./client.ts";
import { Host } from "./host.ts";
import { type Method } from "./interface-definition.ts";
import { CHECKED_ONLY, OutgoingCapabilities } from "./outgoing-capabilities.ts";
import { watchedCall } from "./watched-call.ts";

/** Makes a call; what generated stubs do. Never throws: whatever is wrong, the call has failed. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- generated stubs say what they return
export function call<C>(
  client: ClientBase,
  method: Method,
  params: object | undefined,
  options: CallOptions | undefined,
): C {
  const reference = client.$reference;
  const { hook } = reference;
  if (hook === undefined) return failedCall(method, reference.failure) as C;
  if (options?.signal?.aborted === true) return failedCall(method, abandoned(options.signal)) as C;
  if (options?.timeoutMs !== undefined && !(options.timeoutMs >= 0)) {
    return failedCall(method, RpcError.failed("timeoutMs is not a time", { executed: "no" })) as C;
  }
  let request: Request;
  try {
    request = requestOf(method, params, hook);
  } catch (error) {
    return failedCall(method, error instanceof RpcError ? error : unsendable(method, error)) as C;
  }
  const host = Host.watching(hook.turns);
  const under =
    host === undefined
      ? new method.Call(method, hook.call(request))
      : watchedCall(host, method, hook, request);
  if (options !== undefined) under.$watch(Host.of(hook.turns), options);
  return under as C; // generated code makes the call's class and the stub's type together
}

/** The call as the core takes it, its params built where they will be sent from. */
export function requestOf(
  method: Method,
  params: object | undefined,
  hook: Hook,
  streaming = method.streaming,
): Request {
  const content = new ContentBuilder("call");
  content.arena.gathers = !method.streaming; // whose caller goes on before its bytes have left
  const capabilities = new OutgoingCapabilities(hook.turns);
  try {
    content.fill(method.params, params ?? NOTHING, capabilities);
  } catch (error) {
    capabilities.dispose();
    throw locate(error, method.params, params ?? NOTHING, "params", CHECKED_ONLY);
  }
  return {
    interfaceId: method.interfaceId,
    methodId: method.methodId,
    params: { content, caps: capabilities.take() },
    streaming,
    credential: method.credential,
  };
}

const NOTHING = {};

function failedCall(method: Method, error: RpcError): object {
  return new method.Call(method, error);
}

function abandoned(signal: AbortSignal): RpcError {
  const cause: unknown = signal.reason;
  const options = { code: "CANCELED", executed: "no", cause } as const;
  return RpcError.failed("the caller gave the call up before it was made", options);
}

function unsendable({ interfaceName, name }: Method, cause: unknown): RpcError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return RpcError.failed(`${interfaceName}.${name}: ${why}`, { executed: "no", cause });
}
