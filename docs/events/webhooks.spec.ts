import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EVENT_EXAMPLES, toCloudEvent } from '@dialtone/contracts';
import { HttpWebhookSender, newWebhookSecret } from '@dialtone/webhooks';

const DRIFT = 'dialtone.drift.detected.v1';
const DATA = EVENT_EXAMPLES[DRIFT];
const EVENT = toCloudEvent({
  ...{ event_id: '0196f3a0-6f5e-7c3a-9d52-3f1c8e2b7a10', type: DRIFT, connection_id: DATA.connection_id },
  ...{ key: DATA.key, seq: DATA.seq, data: DATA },
});
const MESSAGE = { id: EVENT.id, body: JSON.stringify(EVENT) };

const PAGE = readFileSync(join(__dirname, 'webhooks.md'), 'utf8');
const snippet = (language: string): string =>
  new RegExp(`\`\`\`${language}\n(?<code>.*?)\`\`\``, 's').exec(PAGE)?.groups?.['code'] ?? '';

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });

describe('a receiver of webhooks, as the page has it', () => {
  // Inside of the repository, so that the package is found.
  const folder = mkdtempSync(join(__dirname, '../../node_modules/.webhooks-'));
  const started: ChildProcess[] = [];
  afterAll(() => {
    for (const receiver of started) receiver.kill();
    rmSync(folder, { recursive: true });
  });

  it.each([
    { language: 'js', file: 'receiver.mjs', program: process.execPath },
    { language: 'python', file: 'receiver.py', program: 'python3' },
  ])('takes what is signed, once, and nothing else: $language', async ({ language, file, program }) => {
    writeFileSync(join(folder, file), snippet(language));
    const [secret, port] = [newWebhookSecret(), await freePort()];
    const settings = [`PORT=${String(port)}`, `WEBHOOK_SECRET=${secret}`];
    const receiver = spawn('env', [...settings, program, join(folder, file)], { stdio: ['ignore', 'pipe', 'inherit'] });
    started.push(receiver);
    let told = '';
    receiver.stdout.on('data', (chunk: Buffer) => (told += chunk.toString()));

    const sender = new HttpWebhookSender({ privateNetworks: ['127.0.0.0/8'], timeoutMs: 15_000, now: Date.now });
    const url = `http://127.0.0.1:${String(port)}/`;
    const statusOf = async (secrets: string[], from = sender): Promise<number | string> => {
      const answer = await from.send({ url, secrets }, MESSAGE);
      return answer.kind === 'answer' ? answer.status : answer.reason;
    };
    for (let tries = 0; typeof (await statusOf([newWebhookSecret()])) === 'string' && tries < 500; tries += 1)
      await delay(20);
    const late = { privateNetworks: ['127.0.0.0/8'], timeoutMs: 15_000, now: () => Date.now() - 3_600_000 };
    expect(await statusOf([newWebhookSecret()])).toBe(400);
    expect(await statusOf([secret], new HttpWebhookSender(late))).toBe(400);
    expect(await statusOf([newWebhookSecret(), secret])).toBe(204);
    expect(await statusOf([secret])).toBe(204);
    for (let tries = 0; told === '' && tries < 500; tries += 1) await delay(20);
    expect(told.trim()).toBe(`${DRIFT} ${DATA.phone_number}`);
  });
});
