import { Command } from 'commander';
import type { AdminConfig, Environment } from '@dialtone/platform';
import { setUpDemo } from './commands/demo';
import { tailEvents } from './commands/events';
import { acknowledgeHold } from './commands/hold';
import { issueKey, revokeKey } from './commands/keys';
import { createTopics } from './commands/topics';
import { createPartner } from './commands/partners';
import { migrateDatabase } from './commands/migrate';

/** Set-up and operation from a shell; every command prints JSON on standard output. */
export const adminProgram = (config: () => AdminConfig, env: Environment): Command => {
  const program = new Command('dialtone-admin').description('Sets up and operates a Dialtone deployment.');
  program
    .command('migrate')
    .description('Bring the database schema up to date')
    .action(() => migrateDatabase(config()));
  program
    .command('topics')
    .description('Create the Kafka topics that are missing')
    .action(() => createTopics(config()));
  program
    .command('events')
    .description('Print the records of a topic as lines of JSON, until interrupted')
    .requiredOption('--topic <name>', 'for example voicelink.drift.v1')
    .option('--key <key>', 'only records with this key: <connection id>/<DID key>')
    .option('--from-beginning', 'from the oldest record instead of the newest', false)
    .action((options: { topic: string; key?: string; fromBeginning: boolean }) => tailEvents(config(), options));
  program
    .command('partner')
    .description('Create a partner')
    .argument('<name>')
    .action((name: string) => createPartner(config(), name));
  program
    .command('key')
    .description('Issue an API key; it is shown this once')
    .argument('<partner>', "the partner's name")
    .option('--label <text>', 'what it is for', 'issued by an administrator')
    .action((partner: string, options: { label: string }) => issueKey(config(), partner, options.label));
  program
    .command('revoke-key')
    .description('Revoke an API key')
    .argument('<partner>', "the partner's name")
    .argument('<key id>', 'the part between rg_live_ and the next underscore')
    .action((partner: string, keyId: string) => revokeKey(config(), partner, keyId));
  program
    .command('acknowledge-hold')
    .description('Let a held connection write to VoiceLink again')
    .argument('<partner>', "the partner's name")
    .argument('<connection id>')
    .action((partner: string, connectionId: string) => acknowledgeHold(config(), partner, connectionId));
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
