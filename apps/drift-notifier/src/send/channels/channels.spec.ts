import { Webhook } from 'standardwebhooks';
import type { Incident } from '../../core/incident';
import { type Message, messageParts } from '../../core/message';
import { messageText } from '../../core/message-text';
import { plainBody } from './plain';
import { webhookHeaders } from './sign';
import { slackBody } from './slack';
import { teamsBody } from './teams';

const CONNECTION = '5b0f6f0e-3a77-4c7f-9a0c-0f6f8f1f2a10';
const drift = (at: number, more: Partial<Incident> = {}): Incident => ({
  id: `drift:${String(at)}`,
  kind: 'drift',
  partnerId: '0a9d6f5e-8d55-4f0b-8a34-6f7f5b0c9d21',
  connectionId: CONNECTION,
  phoneNumber: `+91801122334${String(at)}`,
  codes: ['NO_BOT', 'ROUTING_MISSING'],
  detail: null,
  since: `2026-11-21T10:0${String(at)}:30.000Z`,
  endedAt: null,
  endedAs: null,
  ...more,
});
const over = (at: number, how: string): Incident => drift(at, { endedAt: '2026-11-21T12:00:00.000Z', endedAs: how });
const labels = { connection: CONNECTION, kind: 'drift' };
const messageOf = (broken: readonly Incident[], ended: readonly Incident[] = [], shown = 10): Message => ({
  isSummary: false,
  parts: messageParts({ labels, broken, ended, stillBroken: 0, isRepeat: false }, shown),
});
const CONTEXT = { connectionName: () => 'Main <&> *east*', docsUrl: 'https://dialtone.example.com/docs/issues' };
const textOf = (message: Message) => messageText(message, CONTEXT);

const MIXED = messageOf(
  [drift(1), drift(2, { codes: ['ROUTING_CHANGED'] })],
  [over(3, 'fixed'), over(4, 'disconnected')],
);

describe('a message', () => {
  it('in words', () => {
    expect(textOf(MIXED)).toEqual({
      title: '2 numbers broken on Main <&> *east*; 2 numbers not broken any more on Main <&> *east*',
      sections: [
        {
          heading: '2 numbers broken on Main <&> *east*',
          lines: [
            {
              text: '+918011223341: its client has no active bot, and 1 other issue, since 2026-11-21 10:01 UTC',
              link: 'https://dialtone.example.com/docs/issues/NO_BOT',
            },
            {
              text: '+918011223342: its call routing goes elsewhere, since 2026-11-21 10:02 UTC',
              link: 'https://dialtone.example.com/docs/issues/ROUTING_CHANGED',
            },
          ],
        },
        {
          heading: '2 numbers not broken any more on Main <&> *east*',
          lines: [
            { text: '+918011223343: in order again, after 2 hours', link: null },
            {
              text: '+918011223344: not watched any more: its connection was disconnected, after 2 hours',
              link: null,
            },
          ],
        },
      ],
    });
  });

  it('names the oldest numbers and counts the others', () => {
    const [section] = textOf(messageOf([drift(3), drift(1), drift(2)], [], 2)).sections;
    expect(section?.heading).toBe('3 numbers broken on Main <&> *east*');
    expect(section?.lines.map(({ text }) => text.slice(0, 13))).toEqual([
      '+918011223341',
      '+918011223342',
      'and 1 more',
    ]);
  });

  it('tells of a failed call with the reason of the carrier, on one line and cut', () => {
    const call = drift(1, { kind: 'call', codes: ['failed'], detail: `no\nroute ${'x'.repeat(300)}` });
    const [section] = textOf(messageOf([call])).sections;
    expect(section?.heading).toBe('1 call failed on Main <&> *east*');
    expect(section?.lines[0]?.text).toBe(
      `+918011223341: the call failed (no route ${'x'.repeat(191)}…), at 2026-11-21 10:01 UTC`,
    );
  });

  it('for Slack: escaped, with links', () => {
    expect(slackBody(textOf(messageOf([drift(1)])))).toEqual({
      text: '1 number broken on Main &lt;&amp;&gt; *east*',
      blocks: [
        {
          type: 'header',
          text: { type: 'plain_text', text: '1 number broken on Main <&> *east*', emoji: false },
        },
        {
          type: 'section',
          text: {
            type: 'mrkdwn',
            text: '*1 number broken on Main &lt;&amp;&gt; *east**\n• +918011223341: its client has no active bot, and 1 other issue, since 2026-11-21 10:01 UTC (<https://dialtone.example.com/docs/issues/NO_BOT|what to do>)',
          },
        },
      ],
    });
  });

  it('for Teams: an Adaptive Card in the envelope of Workflows, escaped', () => {
    expect(teamsBody(textOf(messageOf([drift(1)])))).toEqual({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          contentUrl: null,
          content: {
            $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
            type: 'AdaptiveCard',
            version: '1.4',
            msteams: { width: 'Full' },
            body: [
              {
                type: 'TextBlock',
                text: '1 number broken on Main <&> \\*east\\*',
                size: 'Medium',
                weight: 'Bolder',
                wrap: true,
              },
              {
                type: 'TextBlock',
                text: '1 number broken on Main <&> \\*east\\*',
                weight: 'Bolder',
                wrap: true,
                separator: true,
              },
              {
                type: 'TextBlock',
                text: '- +918011223341: its client has no active bot, and 1 other issue, since 2026-11-21 10:01 UTC [what to do](https://dialtone.example.com/docs/issues/NO_BOT)',
                wrap: true,
                spacing: 'Small',
              },
            ],
          },
        },
      ],
    });
  });

  it('for a receiver of one’s own', () => {
    const message = messageOf([drift(1)], [over(2, 'fixed')]);
    const id = 'f2b7c6d1-0e4a-4c3b-8d5f-6a7b8c9d0e1f';
    expect(plainBody(id, message, textOf(message))).toMatchObject({
      id,
      title: '1 number broken on Main <&> *east*; 1 number not broken any more on Main <&> *east*',
      summary: false,
      groups: [
        {
          kind: 'drift',
          labels,
          repeat: false,
          broken_count: 1,
          broken: [
            { id: 'drift:1', phone_number: '+918011223341', codes: ['NO_BOT', 'ROUTING_MISSING'], ended_at: null },
          ],
          ended_count: 1,
          ended: [{ id: 'drift:2', ended_at: '2026-11-21T12:00:00.000Z', ended_as: 'fixed' }],
          still_broken_count: 0,
        },
      ],
    });
  });

  it('stays within what Slack and Teams take, however long its texts are', () => {
    const long = Array.from({ length: 20 }, (_, at) =>
      drift(at % 10, { kind: 'call', codes: ['failed'], detail: '<'.repeat(300), id: String(at) }),
    );
    const parts = Array.from({ length: 60 }, () => messageOf(long, [], 20).parts).flat();
    const text = textOf({ isSummary: true, parts });
    const slack = slackBody(text) as { readonly blocks: readonly { readonly text: { readonly text: string } }[] };
    expect(slack.blocks.length).toBeLessThanOrEqual(50);
    expect(Math.max(...slack.blocks.map((block) => block.text.text.length))).toBeLessThanOrEqual(3_000);
    expect(slack.blocks[0]?.text.text.length).toBeLessThanOrEqual(150);
    expect(Buffer.byteLength(JSON.stringify(teamsBody(text)))).toBeLessThan(28_000);
  });
});

describe('webhookHeaders', () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const input = { id: 'any-id', secret, body: '{"title":"é"}', at: Date.now() };

  it('are verified by the library of Standard Webhooks', () => {
    expect(new Webhook(secret).verify(input.body, { ...webhookHeaders(input) })).toEqual({ title: 'é' });
    expect(() => new Webhook(secret).verify('{"title":"e"}', { ...webhookHeaders(input) })).toThrow('signature');
  });

  it('have no signature without a secret', () => {
    expect(Object.keys(webhookHeaders({ ...input, secret: null }))).toEqual(['webhook-id', 'webhook-timestamp']);
  });
});
