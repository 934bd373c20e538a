import { LoopbackServer, type ReceivedRequest } from '@dialtone/testing';

/** Where the page's programs do their work: each has a path of its own. */
export class Desk {
  private readonly told: { readonly path: string; readonly text: string }[] = [];
  private readonly refused = new Set<string>();

  private constructor(
    private readonly server: LoopbackServer,
    private readonly refuseOnce: string,
  ) {
    server.answer = (request) => this.take(request);
  }

  /** @param refuseOnce what has it in its text is refused the first time */
  static async open(refuseOnce: string): Promise<Desk> {
    return new Desk(await LoopbackServer.start(), refuseOnce);
  }

  close(): Promise<void> {
    return this.server.stop();
  }

  urlOf(program: string): string {
    return `${this.server.url}/${program}`;
  }

  /** In order, with what was refused. */
  heard(program: string, number?: string): readonly string[] {
    const ofProgram = this.told.filter(({ path }) => path === `/${program}`).map(({ text }) => text);
    return number === undefined ? ofProgram : ofProgram.filter((text) => text.includes(number));
  }

  private take({ path, body }: ReceivedRequest): number {
    const isRefused = body.includes(this.refuseOnce) && !this.refused.has(path);
    if (isRefused) this.refused.add(path);
    this.told.push({ path, text: isRefused ? `refused: ${body}` : body });
    return isRefused ? 503 : 204;
  }
}
