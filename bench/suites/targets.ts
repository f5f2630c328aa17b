import { type Place, type Target } from "../harness/targets.ts";

const callsAt = (depth: number, peer = "handfast"): Place => [
  "calls",
  `depth=${depth},payload=0`,
  peer,
  "calls/s",
];

const latency = (metric: "p50 µs" | "p99 µs", peer = "handfast"): Place => [
  "calls",
  "depth=1,payload=0",
  peer,
  metric,
];

const times = (depth: number, factor: number, peer: string): Target => ({
  about: `calls/s at depth ${depth}, times ${peer}`,
  figure: callsAt(depth),
  against: callsAt(depth, peer),
  atLeast: factor,
});

const ECHO: Place = ["transport", "ping=64", "raw-tcp", "p50 µs"];

const bulk = (way: "in" | "out", peer = "handfast"): Place => [
  "bulk",
  `${way},size=65536`,
  peer,
  "MB/s",
];
const ROAD: Place = ["bulk", "road,size=65536", "handfast", "MB/s"];

const bulkTimes = (way: "in" | "out", factor: number, against: Place): Target => ({
  about: `64 KiB ${way === "in" ? "as a parameter" : "as a result"}`,
  figure: bulk(way),
  against,
  atLeast: factor,
});

const chain = (links: number, how: string): Place => [
  "pipeline",
  `chain=${links},delay=20,${how}`,
  "handfast",
  "ms",
];

const oneActive = (connections: number): Place => [
  "scale",
  `connections=${connections},active=1`,
  "handfast",
  "calls/s",
];
const exporting = (exports: number): Place => [
  "scale",
  `exports=${exports}`,
  "handfast",
  "calls/s",
];

const carried = (peer: string): Place => ["transport", "write=65536", peer, "MB/s"];
const shaken = (peer: string): Place => ["transport", "dialling=4", peer, "handshakes/s"];
const handshakes = (factor: number, peer: string): Target => ({
  about: `handshakes/s, times ${peer}`,
  figure: shaken("handfast"),
  against: shaken(peer),
  atLeast: factor,
});

const parsed = (probe: string, factor: number): Target => ({
  about: `codec, ${probe}: time, in parts of capnp-ts's`,
  figure: ["codec", probe, "handfast", "ns"],
  against: ["codec", probe, "capnp-ts", "ns"],
  atMost: 1 / factor,
});

const observed = (peer: string): Place => ["observe", "depth=64,payload=0", peer, "calls/s"];

/** A cost of at most a fifth more is a rate of at least five sixths. */
const COST = 1 / 1.2;

/** What handfast is to reach, all of it in one run. */
export const TARGETS: readonly Target[] = [
  times(64, 2, "capnp-cpp"),
  times(64, 4, "capnweb-ws"),
  times(64, 8, "capnp-ts-conn"),
  times(64, 15, "grpc-js-mtls"),
  { about: "calls/s at depth 64", figure: callsAt(64), atLeast: 150_000 },
  times(1024, 4, "capnp-cpp"),
  { about: "calls/s at depth 1,024", figure: callsAt(1024), atLeast: 300_000 },
  {
    about: "added to the p50 of a bare TCP echo at depth 1, times capnweb-ws",
    figure: latency("p50 µs"),
    above: ECHO,
    against: latency("p50 µs", "capnweb-ws"),
    atMost: 1,
  },
  {
    about: "p99 at depth 1, times its p50",
    figure: latency("p99 µs"),
    against: latency("p50 µs"),
    atMost: 3,
  },
  bulkTimes("in", 0.8, ROAD),
  bulkTimes("in", 5, bulk("in", "capnp-ts-conn")),
  bulkTimes("in", 5, bulk("in", "grpc-js-mtls")),
  bulkTimes("out", 0.8, ROAD),
  bulkTimes("out", 5, bulk("out", "capnp-ts-conn")),
  bulkTimes("out", 5, bulk("out", "grpc-js-mtls")),
  {
    about: "a pipeline of 100 over 20 ms, in round trips",
    figure: chain(100, "pipelined"),
    against: chain(1, "awaited"),
    atMost: 1.1,
  },
  {
    about: "memory of an export",
    figure: ["capabilities", "export,references=1000000", "handfast", "bytes"],
    atMost: 300,
  },
  {
    about: "memory of an import",
    figure: ["capabilities", "import,references=1000000", "handfast", "bytes"],
    atMost: 400,
  },
  {
    about: "memory of an idle connection with a vat",
    figure: ["scale", "connections=10000", "handfast", "bytes"],
    atMost: 40_000,
  },
  {
    about: "calls/s with 9,999 other connections idle, to those alone",
    figure: oneActive(10_000),
    against: oneActive(1),
    atLeast: COST,
  },
  {
    about: "calls/s with 1,000,000 live exports, to those without",
    figure: exporting(1_000_000),
    against: exporting(0),
    atLeast: COST,
  },
  {
    about: "memory of an idle road, beyond its socket's",
    figure: ["idle", "road", "handfast", "bytes"],
    above: ["idle", "road", "raw-tcp", "bytes"],
    atMost: 30_000,
  },
  {
    about: "what a client keeps under a flood, to what it keeps before a bare server",
    figure: ["flood", "kept", "handfast", "kept %"],
    against: ["flood", "kept", "raw-tcp", "kept %"],
    atLeast: 0.85,
  },
  {
    about: "import to first answer, cold",
    figure: ["startup", "import", "handfast", "ms"],
    atMost: 250,
  },
  {
    about: "calls/s with context and statistics",
    figure: observed("handfast+context"),
    against: observed("handfast"),
    atLeast: 0.95,
  },
  {
    about: "calls/s with the access log",
    figure: observed("handfast+access-log"),
    against: observed("handfast"),
    atLeast: 0.85,
  },
  {
    about: "writes of 64 KiB, times node-mtls",
    figure: carried("handfast"),
    against: carried("node-mtls"),
    atLeast: 0.8,
  },
  {
    about: "writes of 64 KiB, times hyperswarm-secret-stream",
    figure: carried("handfast"),
    against: carried("hyperswarm-secret-stream"),
    atLeast: 1.5,
  },
  {
    about: "box stream with sodium-native, times the original",
    figure: carried("handfast/box-stream"),
    against: carried("ssb-secret-handshake"),
    atLeast: 4,
  },
  {
    about: "box stream on libsodium alone, times the original",
    figure: carried("handfast/box-stream-wasm"),
    against: carried("ssb-secret-handshake"),
    atLeast: 1.8,
  },
  handshakes(2, "node-mtls"),
  handshakes(1, "hyperswarm-secret-stream"),
  handshakes(1.3, "ssb-secret-handshake"),
  ...["field=UInt32", "field=Text", "field=struct"].flatMap((probe) => [
    parsed(probe, 5),
    parsed(`${probe},cold`, 5),
  ]),
  ...["record,read", "record,write"].flatMap((probe) => [
    parsed(probe, 10),
    parsed(`${probe},cold`, 10),
  ]),
  parsed("record,classes=24,read", 10),
  parsed("record,classes=24,write", 10),
];
