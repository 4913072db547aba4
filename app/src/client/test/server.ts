import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import * as net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A real server, from the executable jar, on a data folder of its own. */
export class Server {
  private process: ChildProcess | undefined;
  private readonly folder = mkdtempSync(join(tmpdir(), "session-ledger-client-"));
  port = 0;
  /** The admin's, as the first start told it. */
  token = "";

  async start(): Promise<void> {
    const jar = process.env["SESSION_LEDGER_JAR"];
    if (jar === undefined) {
      throw new Error("SESSION_LEDGER_JAR names no jar; see README.md");
    }
    this.process = spawn(
      process.env["SESSION_LEDGER_JAVA"] ?? "java",
      ["-XX:TieredStopAtLevel=1", "-jar", jar, "serve", "--json", "--port", String(this.port), "--data", this.folder],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    for await (const line of createInterface({ input: this.process.stdout! })) {
      const told = JSON.parse(line) as { address: string; token?: string };
      this.port = Number(new URL(told.address).port);
      this.token = told.token ?? this.token;
      return;
    }
    throw new Error("the server did not start");
  }

  async stop(): Promise<void> {
    const process = this.process;
    this.process = undefined;
    if (process !== undefined) {
      const ended = once(process, "exit");
      process.kill("SIGTERM");
      await ended;
    }
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true });
  }
}

/** Passes connections on, and cuts them when told to, or after so many bytes. */
export class CuttingProxy {
  private readonly sockets = new Set<net.Socket>();
  private server: net.Server | undefined;
  /** Cuts a connection after so many bytes of answer. */
  bytesMax = Number.POSITIVE_INFINITY;
  cuts = 0;
  refusing = false;
  port = 0;

  async start(target: () => number): Promise<void> {
    this.server = net.createServer((client) => {
      if (this.refusing) {
        client.destroy();
        return;
      }
      const upstream = net.connect(target(), "127.0.0.1");
      let bytes = 0;
      const cut = (): void => {
        client.destroy();
        upstream.destroy();
      };
      for (const socket of [client, upstream]) {
        this.sockets.add(socket);
        socket.on("error", cut);
        socket.on("close", () => {
          this.sockets.delete(socket);
          cut();
        });
      }
      client.pipe(upstream);
      upstream.on("data", (chunk: Buffer) => {
        const left = this.bytesMax - bytes;
        bytes += chunk.length;
        client.write(chunk.subarray(0, Math.max(0, left)));
        if (bytes > this.bytesMax) {
          this.cuts++;
          client.end(cut);
        }
      });
    });
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    this.port = (this.server.address() as net.AddressInfo).port;
  }

  cut(): void {
    for (const socket of this.sockets) {
      socket.destroy();
    }
  }

  async stop(): Promise<void> {
    this.cut();
    const server = this.server;
    if (server !== undefined) {
      await new Promise((resolve) => server.close(resolve));
    }
  }
}
