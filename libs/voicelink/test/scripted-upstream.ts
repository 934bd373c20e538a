import { LoopbackServer, type LoopbackAnswer, type ReceivedRequest } from '@dialtone/testing';

export interface Received extends Pick<ReceivedRequest, 'method' | 'path' | 'connection'> {
  readonly authorization: string | undefined;
  readonly accept: string | undefined;
  /** Parsed; null without one. */
  readonly body: unknown;
}

export type Scripted = LoopbackAnswer;
export type Script = (request: Received) => Scripted | Promise<Scripted>;

export const PASSWORD = 'correct-horse';

const parsed = ({ method, path, connection, headers, body }: ReceivedRequest): Received => ({
  ...{ method, path, connection },
  authorization: headers.authorization,
  accept: headers.accept,
  body: body === '' ? null : JSON.parse(body),
});

/** Without a body it is VoiceLink's word for done. */
const whole = (answer: Scripted): Scripted =>
  typeof answer === 'object' && answer.text === undefined && answer.json === undefined
    ? { ...answer, json: { status: true } }
    : answer;

/** A server that logs in everybody and otherwise answers what the test scripts; it records what it receives. */
export class ScriptedUpstream {
  readonly received: Received[] = [];
  logins = 0;
  script: Script = () => ({ json: { status: true, data: [] } });
  /** Replaces the answer to logins. */
  loginScript: Script | null = null;

  private constructor(private readonly server: LoopbackServer) {
    server.answer = async (request) => {
      const received = parsed(request);
      this.received.push(received);
      return whole(await this.answer(received));
    };
  }

  static async start(): Promise<ScriptedUpstream> {
    return new ScriptedUpstream(await LoopbackServer.start());
  }

  get url(): string {
    return `${this.server.url}/api`;
  }

  /** All but logins. */
  get calls(): readonly Received[] {
    return this.received.filter(({ path }) => !path.endsWith('/auth/login'));
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  private async answer(received: Received): Promise<Scripted> {
    if (!received.path.endsWith('/auth/login')) return this.script(received);
    this.logins += 1;
    const json = { status: true, data: { access_token: `${String(this.logins)}|token` } };
    return (await this.loginScript?.(received)) ?? { json };
  }
}
