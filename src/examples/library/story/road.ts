import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/**
 * A stretch of TCP between a reader and the library that can hold the library's answers back. It
 * sees sealed records only. While answers are held, whatever the library does was asked for
 * without knowing any of them: so each time they are let through is one round trip.
 */
export class Road implements AsyncDisposable {
  readonly #server: Server;
  readonly #fromLibrary = new Set<Socket>();
  #holding = false;
  #roundTrips = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async to(libraryPort: number): Promise<Road> {
    const server = createServer();
    const road = new Road(server);
    server.on("connection", (reader) => road.#join(reader, connect(libraryPort, "127.0.0.1")));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return road;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port; // it listens on TCP
  }

  get roundTrips(): number {
    return this.#roundTrips;
  }

  holdAnswers(): void {
    this.#holding = true;
    for (const socket of this.#fromLibrary) socket.pause();
  }

  letAnswersThrough(): void {
    this.#holding = false;
    this.#roundTrips += 1;
    for (const socket of this.#fromLibrary) socket.resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#fromLibrary) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(reader: Socket, library: Socket): void {
    this.#fromLibrary.add(library);
    reader.setNoDelay();
    library.setNoDelay();
    reader.on("data", (bytes) => library.write(bytes)).on("end", () => library.end());
    library.on("data", (bytes) => reader.write(bytes)).on("end", () => reader.end());
    if (this.#holding) library.pause();
    const part = () => {
      this.#fromLibrary.delete(library);
      reader.destroy();
      library.destroy();
    };
    for (const socket of [reader, library]) socket.on("error", part).on("close", part);
  }
}
