import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where the page's programs do their work: each has a path of its own. */
export class Desk {
  private readonly told: { readonly path: string; readonly text: string }[] = [];
  private readonly refused = new Set<string>();
  private readonly server: Server;

  /** What has `refuseOnce` in it is refused the first time. */
  constructor(private readonly refuseOnce: string) {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        response.writeHead(this.take(request.url ?? '', Buffer.concat(chunks).toString())).end();
      });
    });
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  urlOf(program: string): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}/${program}`;
  }

  /** In order, with what was refused. */
  heard(program: string, number?: string): readonly string[] {
    const ofProgram = this.told.filter(({ path }) => path === `/${program}`).map(({ text }) => text);
    return number === undefined ? ofProgram : ofProgram.filter((text) => text.includes(number));
  }

  private take(path: string, text: string): number {
    const isRefused = text.includes(this.refuseOnce) && !this.refused.has(path);
    if (isRefused) this.refused.add(path);
    this.told.push({ path, text: isRefused ? `refused: ${text}` : text });
    return isRefused ? 503 : 204;
  }
}
