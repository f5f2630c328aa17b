export { type AccessLog, accessLog, type AccessLogOptions } from "./access-log.ts";
export { serveAdmin } from "./admin.ts";
export { type LineSink, type LineStream } from "./line-buffer.ts";
export {
  followVat,
  type InspectedConnection,
  type InspectionOptions,
  inspectVat,
  type VatSnapshot,
} from "./remote-inspection.ts";
