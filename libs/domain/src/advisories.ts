import { pointsTo, servingBot } from './bot';
import type { KeyObservation } from './observation';
import { ROUTE_TO_BOT, type RemoteBot } from './remote';
import { unknownSectionsOf } from './presence';

/** What a declaration says that an advisory is about. */
export interface DeclaredBot {
  readonly clientId: number | null;
  readonly botName: string | null;
  readonly websocketUrl: string | null;
  /** The bot that was created for this declaration; null: none, or its id is not known. */
  readonly madeBotId: number | null;
}

export interface AdvisoryContext {
  readonly declared: DeclaredBot;
  /** The endpoint of a declaration that names none. */
  readonly defaultWebsocketUrl: string;
}

/** Null: nothing to say. Its message null: it cannot be told, so what was said before stands. */
type Finding = Pick<FoundAdvisory, 'message'> | null;
type Rule = (observation: KeyObservation, context: AdvisoryContext) => Finding;

const UNTOLD: Finding = { message: null };

const id = (name: string, value: number): string => `${name}=${String(value)}`;

/** Null: it cannot be told. */
const pointsElsewhere = (bot: RemoteBot, websocketUrl: string): boolean | null =>
  bot.websocketUrl === null ? null : !pointsTo(bot, websocketUrl);

const onServingBot =
  (rule: (bot: RemoteBot, context: AdvisoryContext) => Finding): Rule =>
  (observation, context) => {
    const bot = servingBot(observation);
    return bot === null ? null : rule(bot, context);
  };

/** Names come back with stray spaces and in another case (VoiceLink upstream notes §7.1). */
const sameName = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();

const clientMismatch: Rule = ({ did }, { declared: { clientId } }) =>
  did === null || did.clientId === null || clientId === null || did.clientId === clientId
    ? null
    : {
        message: `The number is mapped to ${id('client_id', did.clientId)}, and ${id('client_id', clientId)} is declared`,
      };

const botMismatch = onServingBot((bot, { declared: { botName, madeBotId } }) => {
  const calls = `Calls go to ${id('bot_id', bot.id)}`;
  if (madeBotId !== null && bot.id !== madeBotId) {
    return { message: `${calls}, and ${id('bot_id', madeBotId)} was created for this declaration` };
  }
  if (botName === null || bot.id === madeBotId) return null;
  if (bot.name === null) return UNTOLD;
  return sameName(bot.name, botName) ? null : { message: `${calls}, which does not have the declared name` };
});

const websocketUrlMismatch = onServingBot((bot, { declared: { websocketUrl } }) => {
  if (websocketUrl === null) return null;
  const elsewhere = pointsElsewhere(bot, websocketUrl);
  if (elsewhere === null) return UNTOLD;
  return elsewhere ? { message: `${id('bot_id', bot.id)} does not point to the declared websocket_url` } : null;
});

const undeclaredEndpoint: Rule = (observation, { declared: { websocketUrl }, defaultWebsocketUrl }) => {
  // Of a declared endpoint the outbound half is another advisory.
  const outbound = websocketUrl === null ? servingBot(observation) : null;
  const calls = [
    { direction: 'Outbound', bot: outbound },
    { direction: 'Inbound', bot: inboundBot(observation) },
  ].flatMap(({ direction, bot }) =>
    bot === null ? [] : [{ direction, bot, elsewhere: pointsElsewhere(bot, websocketUrl ?? defaultWebsocketUrl) }],
  );
  const strange = calls.find(({ elsewhere }) => elsewhere === true);
  if (strange === undefined) return calls.some(({ elsewhere }) => elsewhere === null) ? UNTOLD : null;
  const endpoint = websocketUrl === null ? 'the configured endpoint' : 'the declared websocket_url';
  return {
    message: `${strange.direction} calls go to ${id('bot_id', strange.bot.id)}, which does not point to ${endpoint}`,
  };
};

/** The bot that answers; null when calls go elsewhere or the bot is not one of the client's, of which nothing is known. */
const inboundBot = ({ routing, bots }: KeyObservation): RemoteBot | null => {
  if (routing === null || routing.active === false || routing.forInboundCall !== ROUTE_TO_BOT) return null;
  return bots.find((bot) => bot.id === routing.inboundBotId) ?? null;
};

/** Messages hold ids and no URL: a URL may carry a secret. */
const RULES = {
  CLIENT_MISMATCH: clientMismatch,
  BOT_MISMATCH: botMismatch,
  WEBSOCKET_URL_MISMATCH: websocketUrlMismatch,
  UNDECLARED_ENDPOINT: undeclaredEndpoint,
} as const satisfies Readonly<Record<string, Rule>>;

/** What follows from one look at a declared number. */
export type RuleCode = keyof typeof RULES;
const RULE_CODES = Object.keys(RULES) as readonly RuleCode[];

/**
 * What is said beside the verdict on a number. None of them is an issue: the number may be READY all the same. FLAPPING follows
 * from no look, but from how often the verdict changes.
 */
export type AdvisoryCode = RuleCode | 'FLAPPING';
export const ADVISORY_CODES: readonly AdvisoryCode[] = [...RULE_CODES, 'FLAPPING'];

/** One that holds now. `since` is in epoch ms, the store's clock. */
export interface Advisory<Code extends string = AdvisoryCode> {
  readonly code: Code;
  readonly message: string;
  readonly since: number;
}

/** One that was found, before it is known since when. A null message: it cannot be told, and what was said before stands. */
export interface FoundAdvisory<Code extends string = RuleCode> {
  readonly code: Code;
  readonly message: string | null;
}

/**
 * What is to be said of a declared number, in the order of the codes; null when the lists leave something open about it: then
 * all that was said before stands. Nothing follows from what is unknown.
 */
export const findAdvisories = (
  observation: KeyObservation,
  context: AdvisoryContext | null,
): readonly FoundAdvisory[] | null => {
  if (context === null) return [];
  if (unknownSectionsOf(observation).length > 0) return null;
  return RULE_CODES.flatMap((code) => {
    const finding = RULES[code](observation, context);
    return finding === null ? [] : [{ code, ...finding }];
  });
};

export interface AdvisoryChange<Code extends string = AdvisoryCode> {
  readonly after: readonly Advisory<Code>[];
  readonly begun: readonly Advisory<Code>[];
  /** As they were. */
  readonly ended: readonly Advisory<Code>[];
}

/** What was found makes of what was said: an advisory that stands keeps its time, also under another wording. */
export const advisoriesAfter = <Code extends string>(
  before: readonly Advisory<Code>[],
  found: readonly FoundAdvisory<Code>[] | null,
  now: number,
): AdvisoryChange<Code> => {
  if (found === null) return { after: before, begun: [], ended: [] };
  const of = (code: Code): Advisory<Code> | undefined => before.find((advisory) => advisory.code === code);
  const after = found.flatMap(({ code, message }): readonly Advisory<Code>[] => {
    const was = of(code);
    if (message === null) return was === undefined ? [] : [was];
    return [{ code, message, since: was?.since ?? now }];
  });
  return {
    after,
    begun: after.filter(({ code }) => of(code) === undefined),
    ended: before.filter(({ code }) => !after.some((advisory) => advisory.code === code)),
  };
};

/** True if it would be stored otherwise. */
export const areAdvisoriesNews = <Code extends string>(
  before: readonly Advisory<Code>[],
  found: readonly FoundAdvisory<Code>[] | null,
): boolean => {
  if (before.length === 0 && (found === null || found.length === 0)) return false;
  const { after } = advisoriesAfter(before, found, 0);
  return textOf(after) !== textOf(before);
};

const textOf = (advisories: readonly Advisory<string>[]): string =>
  JSON.stringify(advisories.map(({ code, message }) => [code, message]));
