import { type Report } from "./program.ts";
import { type Note } from "./turns.ts";

/** Notes the calls a second that a program has reported, if it could make such calls at all. */
export function perSecond(note: Note, report: Report | undefined): void {
  if (report !== undefined) note("calls/s", rate(report, "calls"));
}

/** Notes the megabytes (10⁶ bytes) a second that a program has reported. */
export function megabytesPerSecond(note: Note, report: Report | undefined): void {
  if (report !== undefined) note("MB/s", rate(report, "bytes") / 1e6);
}

const rate = (report: Report, what: string): number =>
  (report[what] ?? Number.NaN) / (report["seconds"] ?? Number.NaN);
