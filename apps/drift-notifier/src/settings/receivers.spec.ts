import { parseReceivers } from './receivers';
import { SettingsError } from './settings-error';

const problemsOf = (text: string): readonly string[] => {
  try {
    parseReceivers(text);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
};
const receiver = (more: object) => ({ name: 'ops', type: 'slack', url: 'https://hooks.example.com/a', ...more });
const fileOf = (...receivers: readonly object[]): string => JSON.stringify({ receivers });

describe('parseReceivers', () => {
  it('reads YAML, with the defaults of what is left out', () => {
    const file = parseReceivers(`
      docs_url: https://dialtone.example.com/docs/issues/
      receivers:
        - name: ops
          type: webhook
          url: https://hooks.example.com/a
          group_wait: 1h30m
          quiet_hours:
            time_zone: Asia/Kolkata
            windows:
              - { from: '22:00', to: '07:30' }
    `);
    expect(file.docsUrl).toBe('https://dialtone.example.com/docs/issues');
    expect(file.receivers[0]).toMatchObject({
      channel: 'webhook',
      secret: null,
      forMs: 60_000,
      groupBy: ['partner', 'connection', 'kind'],
      filter: { kinds: ['drift'], partners: [], connections: [], issues: [], callStatuses: ['failed'] },
      rhythm: {
        groupWaitMs: 5_400_000,
        groupIntervalMs: 300_000,
        repeatIntervalMs: 14_400_000,
        quietHours: { timeZone: 'Asia/Kolkata', windows: [{ from: 1_320, to: 450 }] },
      },
    });
    expect(file.receivers[0]?.rhythm.quietHours?.windows[0]?.days).toHaveLength(7);
  });

  it.each([
    ['no YAML', 'receivers: [', /^The receivers are not YAML: /],
    ['no object', '[]', /^The receivers must be an object/],
    ['no receivers', '{"receivers":[]}', /^receivers must have at least one receiver[.]$/],
    ['a misspelt field', fileOf(receiver({ gruop_wait: '1s' })), /^receivers\[0\][.]gruop_wait is not known[.]$/],
    [
      'a channel',
      fileOf(receiver({ type: 'pager' })),
      /^receivers\[0\][.]type must be one of slack, teams, webhook[.]$/,
    ],
    ['a URL', fileOf(receiver({ url: 'ftp://a' })), /^receivers\[0\][.]url must be a URL with http or https[.]$/],
    ['a duration', fileOf(receiver({ for: '5' })), /^receivers\[0\][.]for must be a duration such as /],
    ['a number for a duration', fileOf(receiver({ for: 5 })), /^receivers\[0\][.]for must be a duration such as /],
    [
      'a second of a name',
      fileOf(receiver({}), receiver({})),
      /^receivers must not have two receivers of one name[.]$/,
    ],
    [
      'a secret of Slack',
      fileOf(receiver({ secret: `whsec_${'A'.repeat(44)}` })),
      /[.]secret is of receivers of type webhook only/,
    ],
    [
      'a short secret',
      fileOf(receiver({ type: 'webhook', secret: 'whsec_AAAA' })),
      /[.]secret must be whsec_ and 24 to 64 bytes/,
    ],
    [
      'a time zone',
      fileOf(receiver({ quiet_hours: { time_zone: 'Mars/Base', windows: [{ from: '22:00', to: '07:00' }] } })),
      /^receivers\[0\][.]quiet_hours[.]time_zone must be a time zone such as /,
    ],
    [
      'a time of day',
      fileOf(receiver({ quiet_hours: { time_zone: 'UTC', windows: [{ from: '24:00', to: '07:00' }] } })),
      /^receivers\[0\][.]quiet_hours[.]windows\[0\][.]from must be a time of day /,
    ],
  ])('names the field of %s', (_, text, problem) => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(problem)]);
  });
});
