import {
  type Content,
  type Hook,
  NoContent,
  type Path,
  type Request,
  RpcError,
} from "../../src/rpc/index.ts";

/** A params or results struct made of a word and as many capability fields as there are caps. */
export class TestContent implements Content {
  readonly text: string;
  readonly sizeWords: number;

  constructor(text: string, sizeWords = 1) {
    this.text = text;
    this.sizeWords = sizeWords;
  }

  /** Pointer field n holds capability n. */
  capabilityAt(path: Path): number {
    if (path.length !== 1) throw RpcError.failed("only pointer fields hold capabilities");
    return path[0]!;
  }
}

/** A call of method `text`; each reference passes to the callee. */
export function request(text: string, ...caps: readonly (Hook | undefined)[]): Request {
  return { interfaceId: 1n, methodId: 0, params: { content: new TestContent(text), caps } };
}

export function textOf(content: Content): string {
  if (content instanceof NoContent) return "nothing";
  return content instanceof TestContent ? content.text : "the root";
}
