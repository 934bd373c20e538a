import type { Command } from 'commander';
import type { AdminConfig } from '@dialtone/platform';
import { setCallPolicy, type CallPolicyOptions } from './commands/call-policy';
import { issueKey, listKeys, revokeKey, type IssueOptions } from './commands/keys';
import { setQuotas, type QuotaOptions } from './commands/quotas';
import { steerPartner, type SteerOptions } from './commands/steer';
import { createPartner, listPartners, removePartner } from './commands/partners';

const PARTNER = ['<partner>', "the partner's name"] as const;
const KEY_ID = ['<key id>', 'the part between rg_live_ and the next underscore'] as const;

const collect = (value: string, earlier: readonly string[]): readonly string[] => [...earlier, value];

/** Not given at all is not the same as none. */
const collectFirst = (value: string, earlier?: readonly string[] | boolean): readonly string[] =>
  collect(value, typeof earlier === 'object' ? earlier : []);

/** Adds `partner …`, `key …` and `revoke-key`. */
export const addTenantCommands = (program: Command, config: () => AdminConfig): void => {
  const partner = program.command('partner').description('Partners');
  partner
    .command('create')
    .description('Create a partner')
    .argument('<name>')
    .action((name: string) => createPartner(config(), name));
  partner
    .command('list')
    .description('List all partners')
    .action(() => listPartners(config()));
  addPartnerTerms(partner, config);
  partner
    .command('remove')
    .description('Revoke all keys of a partner, disconnect all its connections and forget it; its history stays')
    .argument(...PARTNER)
    .option('--yes', 'there is no way back from this')
    .action((name: string, options: { readonly yes?: boolean }) => removePartner(config(), name, options));
  addKeyCommands(program.command('key').description('API keys'), config);
  program
    .command('revoke-key')
    .description('Revoke an API key; every gateway refuses it within a second')
    .argument(...PARTNER)
    .argument(...KEY_ID)
    .action((name: string, keyId: string) => revokeKey(config(), name, keyId));
};

/** What a partner may do and have. */
const addPartnerTerms = (partner: Command, config: () => AdminConfig): void => {
  partner
    .command('calls')
    .description('Show where the calls of a partner may go and how many a day, and change what is given')
    .argument(...PARTNER)
    .option(
      '--countries <codes>',
      'beside that of the caller id: IN,AE, calling codes (881), * for all; empty for none',
    )
    .option('--premium <on|off>', 'premium and shared-cost numbers')
    .option('--per-day <calls>', 'a number, 0 for any, or default')
    .action((name: string, options: CallPolicyOptions) => setCallPolicy(config(), name, options));
  partner
    .command('quotas')
    .description('Show how much a partner may have of what, and has, and change what is given')
    .argument(...PARTNER)
    .option('--set <quota=number>', 'a number, 0 for any, or default; may be repeated', collect, [])
    .action((name: string, options: QuotaOptions) => setQuotas(config(), name, options));
  partner
    .command('steer')
    .description('Show mode, maintenance windows and pauses of a partner, and change what is given')
    .argument(...PARTNER)
    .option('--mode <mode>', 'enforce, create-only or observe')
    .option(
      '--window <words>',
      'kind, cron, duration and time zone of a window, "deny 0 22 * * MON-FRI 6h Europe/Berlin"; may be repeated, and replaces all',
      collectFirst,
    )
    .option('--no-window', 'end all windows')
    .option('--pause-until <time>', 'pause all its repairs until then; needs --reason')
    .option('--reason <text>', 'why it is paused')
    .option('--resume <pause id>', 'end a pause')
    .action((name: string, options: SteerOptions) => steerPartner(config(), name, options));
};

const addKeyCommands = (key: Command, config: () => AdminConfig): void => {
  key
    .command('issue')
    .description('Issue an API key; it is shown this once')
    .argument(...PARTNER)
    .option('--label <text>', 'what it is for', 'issued by an administrator')
    .option('--scopes <list>', 'what it may do, separated by commas (default: everything)')
    .option('--expires <when>', 'a duration such as 90d or 12h, or a time such as 2027-01-31T18:00Z (default: never)')
    .action((name: string, options: IssueOptions) => issueKey(config(), name, options));
  key
    .command('list')
    .description("List a partner's API keys, without their secrets")
    .argument(...PARTNER)
    .action((name: string) => listKeys(config(), name));
};
