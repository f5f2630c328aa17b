import { type AnonymousPeer, type AuthContext, type Peer } from "../base/index.ts";
import { type Request, type TraceContext } from "../rpc/index.ts";
import { type ObservedCall } from "./call-observer.ts";
import { type Host } from "./host.ts";
import { type Method, methodPlace } from "./interface-definition.ts";

/** Both a call that came to an object, and one that did not get so far. */
type Refusable = Pick<Request, "interfaceId" | "methodId" | "caller" | "trace">;

/** A call that came to an object and not to a method, as observers see it. */
export class RefusedCall implements ObservedCall {
  readonly side = "served";
  readonly interface: string;
  readonly method: string;
  readonly isDefined: boolean;
  readonly peer: Peer | AnonymousPeer;
  readonly auth: AuthContext;
  readonly label: string | undefined;
  readonly requestId: string;
  readonly trace: TraceContext | undefined;

  /** `method` is absent when the object has no such method. */
  constructor(call: Refusable, method: Method | undefined, host: Host) {
    const place = methodPlace(call.interfaceId, call.methodId);
    this.interface = method?.interfaceName ?? place.interface;
    this.method = method?.name ?? place.method;
    this.isDefined = method !== undefined || place.isDefined;
    this.peer = call.caller?.peer ?? host.self;
    this.auth = call.caller?.auth ?? host.selfAuth;
    this.label = call.caller?.mint?.label;
    this.requestId = host.nextRequestId();
    this.trace = call.trace;
  }
}
