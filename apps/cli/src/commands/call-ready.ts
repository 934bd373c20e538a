import { type CallReadyBodyWithDidNumber, makeCallReady } from '@dialtone/client';
import { EXIT, Failure, type ExitCode } from '../failure';
import { Names } from '../gateway/names';
import type { Shape } from '../output/print';
import type { AddCommands } from '../command-parts';
import type { Run } from '../run';

interface CallReadyFlags {
  readonly agent?: string;
  readonly client?: string;
  readonly connection?: string;
  readonly botName?: string;
  readonly websocketUrl?: string;
}

interface Step {
  readonly step: string;
  readonly status: string;
  readonly detail: string;
}

const STEPS: Shape<Step> = {
  nameOf: ({ step }) => step,
  columns: [
    { title: 'STEP', of: ({ step }) => step },
    { title: 'STATUS', of: ({ status }) => status },
    { title: 'DETAIL', of: ({ detail }) => detail },
  ],
};

export const idOf = (text: string, flag: string): number => {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new Failure(`${flag} must be an id of VoiceLink, such as 415, and not "${text}".`);
};

/** Fields that were given; the API takes no empty ones. */
const given = <Fields extends Readonly<Record<string, unknown>>>(fields: Fields): Partial<Fields> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Fields>;

const bodyOf = async (number: string, flags: CallReadyFlags, names: Names): Promise<CallReadyBodyWithDidNumber> => {
  const { agent, client, connection } = flags;
  return {
    did_number: number,
    ...given({ bot_name: flags.botName, websocket_url: flags.websocketUrl }),
    ...(agent !== undefined && { agent_id: await names.agentId(agent) }),
    ...(client !== undefined && { client_id: idOf(client, '--client') }),
    ...(connection !== undefined && { connection_id: await names.connectionId(connection) }),
  };
};

const callReady = async (run: Run, number: string, flags: CallReadyFlags): Promise<ExitCode> => {
  const gateway = await run.gateway();
  const body = await bodyOf(number, flags, new Names(gateway));
  const answer = await gateway.ask((base) => makeCallReady({ ...base, body }));
  if (run.format === 'json' || run.format === 'yaml') run.printRow(answer, { nameOf: () => '', columns: [] });
  else run.printRows(answer.steps, STEPS, '');
  run.say(
    `${answer.phone_number ?? number} is ${answer.ready ? 'ready' : `not ready: ${answer.readiness?.state ?? 'unknown'}`}.`,
  );
  return answer.ready ? EXIT.done : EXIT.different;
};

export const addCallReady: AddCommands = (program, act) => {
  program
    .command('call-ready')
    .description('Make one number ready in one request, without declaring it')
    .argument('<number>', 'in any spelling')
    .option('--agent <agent>', 'name or id of the agent that it is assigned to')
    .option('--client <id>', 'of VoiceLink; maps the number while it is unmapped')
    .option('--connection <connection>', 'name or id; needed with several')
    .option('--bot-name <name>', 'of the bot, if one must be created')
    .option('--websocket-url <url>', 'of the bot, if one must be created')
    .action(act(callReady));
};
