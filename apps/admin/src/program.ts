import { Command } from 'commander';
import type { AdminConfig, Environment } from '@dialtone/platform';
import { setUpDemo } from './commands/demo';
import { tailEvents } from './commands/events';
import { acknowledgeHold } from './commands/hold';
import { passOverEvent } from './commands/pass-over';
import { makeSecrets } from './commands/make-secrets';
import { type ReplayOptions, replayToTopic } from './commands/replay';
import { createTopics } from './commands/topics';
import { verifyTopic } from './commands/verify';
import { checkSchema, migrateDatabase } from './commands/migrate';
import { readWaitTime } from './commands/wait-time';
import { releaseClaim } from './commands/release-claim';
import { rotateCredentials } from './commands/rotate-credentials';
import { addTenantCommands } from './tenant-commands';

/** Set-up and operation from a shell; every command prints JSON on standard output. */
export const adminProgram = (config: () => AdminConfig, env: Environment): Command => {
  const program = new Command('dialtone-admin').description('Sets up and operates a Dialtone deployment.');
  program
    .command('migrate')
    .description('Bring the database schema up to date')
    .option('--check', 'change nothing; fail while the schema is older than this build', false)
    .option('--wait <duration>', 'with --check: wait so long for the database and its schema, e.g. 5m', '0s')
    .action(({ check, wait }: { check: boolean; wait: string }) => {
      const waitMs = readWaitTime(wait);
      return check ? checkSchema(config(), waitMs) : migrateDatabase(config());
    });
  program
    .command('make-secrets')
    .description(
      'Write API_KEY_PEPPER and CREDENTIALS_KEYS into files of these names, for a local try; what is there is kept',
    )
    .argument('<directory>', 'where API_KEY_PEPPER_FILE and CREDENTIALS_KEYS_FILE point to')
    .action(makeSecrets);
  addEventCommands(program, config);
  addTenantCommands(program, config);
  program
    .command('acknowledge-hold')
    .description('Let repairs and call-ready write to VoiceLink again on a held connection')
    .argument('<connection id>', "or the partner's name before it")
    .argument('[connection id]', "when the partner's name is given")
    .action((first: string, second: string | undefined) =>
      acknowledgeHold(config(), { partner: second === undefined ? undefined : first, connection: second ?? first }),
    );
  program
    .command('release-claim')
    .description('End the claim of whichever connection takes the inbound calls of a number; its partner is told')
    .argument('<phone number>', 'with + and its country code')
    .action((number: string) => releaseClaim(config(), number));
  program
    .command('rotate-credentials')
    .description('Seal all that is stored sealed again with the first key of CREDENTIALS_KEYS')
    .action(() => rotateCredentials(config()));
  program
    .command('demo')
    .description('Create or refresh a demo partner with an API key, a VoiceLink connection and two agents')
    .requiredOption('--base-url <url>', 'of VoiceLink; must be in VOICELINK_BASE_URL_ALLOWLIST')
    .requiredOption('--username <name>', 'VoiceLink login; its password comes from VOICELINK_PASSWORD')
    .action((options: { baseUrl: string; username: string }) =>
      setUpDemo(config(), { ...options, password: env['VOICELINK_PASSWORD'] ?? '' }),
    );
  return program;
};

const addEventCommands = (program: Command, config: () => AdminConfig): void => {
  program
    .command('topics')
    .description('Create the Kafka topics that are missing')
    .action(() => createTopics(config()));
  addCommandsOfEvents(program.command('events').description('Read, send again and check the events of Kafka'), config);
  program
    .command('pass-over')
    .description('Give up the one event that a topic will never take, so that the topic goes on')
    .requiredOption('--topic <name>', 'for example voicelink.drift.v1')
    .requiredOption('--event <id>', 'the event that it waits for; with another id the command names it')
    .action((options: { topic: string; event: string }) => passOverEvent(config(), options));
};

const addCommandsOfEvents = (events: Command, config: () => AdminConfig): void => {
  events
    .command('tail', { isDefault: true })
    .description('Print the records of a topic as lines of JSON, until interrupted; events alone does the same')
    .requiredOption('--topic <name>', 'for example voicelink.drift.v1')
    .option('--key <key>', 'only records with this key: <connection id>/<DID key>')
    .option('--from-beginning', 'from the oldest record instead of the newest', false)
    .action((options: { topic: string; key?: string; fromBeginning: boolean }) => tailEvents(config(), options));
  events
    .command('replay')
    .description('Count the events of the log that would be sent to a topic once more; with --publish, send them')
    .requiredOption('--topic <name>', 'for example voicelink.drift.v1')
    .requiredOption('--from <time>', 'only events that were logged then or later, e.g. 2026-11-21T10:00:00Z')
    .option('--to <time>', 'only events that were logged before')
    .option('--rate <events per second>', 'no faster', '200')
    .option('--publish', 'send them; each has its id and key, and the header ce_replayedat', false)
    .action((options: ReplayOptions) => replayToTopic(config(), options));
  events
    .command('verify')
    .description('Compare voicelink.readiness.v1 with the database; exit code 2 and the numbers when they differ')
    .action(() => verifyTopic(config()));
};
