import { type BindingDto, getBinding, planBinding, type PlanDto } from '@dialtone/client';
import { EXIT } from '../failure';
import type { Gateway } from '../gateway/gateway';
import { Names } from '../gateway/names';
import { tableOf } from '../output/print';
import { labelsOf, stateOf } from '../output/shapes';
import { agoOf, shown } from '../output/texts';
import type { AddCommands } from '../command-parts';

const indented = (text: string): string => text.replace(/^(?=.)/gm, '  ');

const facts = (binding: BindingDto, connection: string, now: number): string => {
  const { readiness, status, agent } = binding;
  return tableOf(
    [binding.phone_number, stateOf(readiness)],
    [
      ['Agent', `${agent.name ?? agent.id}${agent.deleted ? ' (deleted: declare another one)' : ''}`],
      ['Connection', connection],
      ['Client', binding.client_id === null ? 'as VoiceLink has it' : String(binding.client_id)],
      ['Mode', binding.mode],
      ['Manager', binding.manager ?? 'none'],
      ['Labels', labelsOf(binding.labels)],
      ['Generation', `${String(binding.generation)}, reconciled ${String(binding.observed_generation)}`],
      ['Outcome', `${status.outcome}${status.message === null ? '' : `: ${status.message}`}`],
      ['Seen', `${agoOf(readiness.observed_at, now)} ago`],
      ['Next reconcile', status.next_reconcile_at],
    ],
  );
};

const issuesOf = ({ readiness, advisories }: BindingDto, address: string): string =>
  [
    ...readiness.action_items.map(({ code, label, url }) => `  ${code}: ${label}\n    ${new URL(url, address).href}`),
    ...advisories.map(({ code, message }) => `  ${code}: ${message}\n    ${address}/docs/advisories/${code}`),
  ]
    .map((line) => shown(line.replace(/\n/g, '\r')).replace(/�/g, '\n'))
    .join('\n');

const conditionsOf = ({ status }: BindingDto, now: number): string =>
  tableOf(
    ['CONDITION', 'STATUS', 'SINCE', 'REASON', 'MESSAGE'],
    status.conditions.map((one) => [
      ...[one.type, one.status, agoOf(one.last_transition_time, now), one.reason, one.message],
    ]),
  );

const stepsOf = ({ steps }: PlanDto): string =>
  tableOf(
    ['STEP', 'STATUS', 'DETAIL'],
    steps.map(({ step, status, detail }) => [step, status, detail]),
  );

const described = async (gateway: Gateway, key: string): Promise<string> => {
  const binding = await gateway.ask((base) => getBinding({ ...base, path: { key } }));
  const plan = await gateway.ask((base) => planBinding({ ...base, path: { key } }));
  const connection = (await new Names(gateway).connectionName())(binding.connection_id);
  const now = Date.now();
  const issues = issuesOf(binding, gateway.target.address);
  const parts = [
    facts(binding, connection, now),
    issues === '' ? '' : `What is in the way:\n${issues}`,
    `Conditions:\n${indented(conditionsOf(binding, now))}`,
    `Plan:\n${indented(stepsOf(plan))}`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
};

export const addDescribe: AddCommands = (program, act) => {
  program
    .command('describe')
    .description('Tell everything about a declared number: state, conditions, plan, and what to do')
    .argument('<numbers...>', 'in any spelling')
    .action(
      act(async (run, numbers: string[]) => {
        const gateway = await run.gateway();
        for (const [index, key] of numbers.entries())
          run.print(`${index === 0 ? '' : '\n'}${await described(gateway, key)}`);
        return EXIT.done;
      }),
    );
};
