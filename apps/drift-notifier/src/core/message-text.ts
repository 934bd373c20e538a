import type { Incident } from './incident';
import type { Message, MessagePart } from './message';
import { endWordsOf, wordsOf } from './words';

/** What texts need beside the message. */
export interface TextContext {
  /** Name of a connection, or its id. */
  readonly connectionName: (id: string) => string;
  /** Base of the links to pages of issues; null: no links. */
  readonly docsUrl: string | null;
}

export interface TextLine {
  readonly text: string;
  /** Page of what is broken. */
  readonly link: string | null;
}

export interface TextSection {
  readonly heading: string;
  readonly lines: readonly TextLine[];
}

/** A message in words, before it takes the form of a channel. */
export interface MessageText {
  readonly title: string;
  readonly sections: readonly TextSection[];
}

/** A carrier's reason may be a page long. */
const MAX_DETAIL = 200;

const counted = (count: number, one: string, many: string): string => `${String(count)} ${count === 1 ? one : many}`;
const minuteOf = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;

const lastedFor = (from: string, to: string): string => {
  const minutes = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 60_000));
  if (minutes < 1) return 'less than a minute';
  if (minutes < 60) return counted(minutes, 'minute', 'minutes');
  return minutes < 2_880
    ? counted(Math.round(minutes / 60), 'hour', 'hours')
    : `${String(Math.round(minutes / 1_440))} days`;
};

const shortened = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > MAX_DETAIL ? `${line.slice(0, MAX_DETAIL)}…` : line;
};

const reasonOf = ({ codes, detail }: Incident): string => {
  const [first = 'UNKNOWN', ...others] = codes;
  const more = others.length === 0 ? '' : `, and ${counted(others.length, 'other issue', 'other issues')}`;
  return `${wordsOf(first)}${detail === null ? '' : ` (${shortened(detail)})`}${more}`;
};

const isSpread = ({ labels }: MessagePart): boolean => labels.connection === undefined;
const placeOf = (part: MessagePart, incident: Incident, { connectionName }: TextContext): string =>
  isSpread(part) ? ` on ${connectionName(incident.connectionId)}` : '';

const brokenLine = (part: MessagePart, incident: Incident, context: TextContext): TextLine => {
  const when = incident.kind === 'call' ? 'at' : 'since';
  const place = placeOf(part, incident, context);
  const [code] = incident.codes;
  const hasPage = incident.kind === 'drift' && context.docsUrl !== null && code !== undefined;
  return {
    text: `${incident.phoneNumber}${place}: ${reasonOf(incident)}, ${when} ${minuteOf(incident.since)}`,
    link: hasPage ? `${context.docsUrl}/${code}` : null,
  };
};

const endedLine = (part: MessagePart, incident: Incident, context: TextContext): TextLine => {
  const { endedAt, endedAs, since, phoneNumber } = incident;
  const duration = endedAt === null ? '' : `, after ${lastedFor(since, endedAt)}`;
  return { text: `${phoneNumber}${placeOf(part, incident, context)}: ${endWordsOf(endedAs)}${duration}`, link: null };
};

const withMore = (lines: readonly TextLine[], count: number): readonly TextLine[] =>
  count > lines.length ? [...lines, { text: `and ${String(count - lines.length)} more`, link: null }] : lines;

const whereOf = ({ labels }: MessagePart, { connectionName }: TextContext): string =>
  labels.connection === undefined ? '' : ` on ${connectionName(labels.connection)}`;

const brokenHeading = (part: MessagePart, where: string): string => {
  const { brokenCount, isRepeat, kind } = part;
  if (kind === 'call') return `${counted(brokenCount, 'call', 'calls')} failed${where}`;
  return `${counted(brokenCount, 'number', 'numbers')} ${isRepeat ? 'still broken' : 'broken'}${where}`;
};

const sectionsOf = (part: MessagePart, context: TextContext): readonly TextSection[] => {
  const where = whereOf(part, context);
  const sections: TextSection[] = [];
  if (part.brokenCount > 0) {
    const lines = part.broken.map((incident) => brokenLine(part, incident, context));
    sections.push({ heading: brokenHeading(part, where), lines: withMore(lines, part.brokenCount) });
  }
  if (part.endedCount > 0) {
    const lines = part.ended.map((incident) => endedLine(part, incident, context));
    const heading = `${counted(part.endedCount, 'number', 'numbers')} not broken any more${where}`;
    sections.push({ heading, lines: withMore(lines, part.endedCount) });
  }
  const { isRepeat, stillBroken } = part;
  if (!isRepeat && stillBroken > 0) {
    const lines = [{ text: `${counted(stillBroken, 'number', 'numbers')} still broken${where}`, link: null }];
    sections.push({ heading: 'Told before', lines });
  }
  return sections;
};

/** Short texts for people. The title alone says what has happened. */
export const messageText = (message: Message, context: TextContext): MessageText => {
  const sections = message.parts.flatMap((part) => sectionsOf(part, context));
  const headings = sections.filter(({ heading }) => heading !== 'Told before').map(({ heading }) => heading);
  const title = headings.slice(0, 3).join('; ') + (headings.length > 3 ? '; …' : '');
  return { title: message.isSummary ? `After quiet hours: ${title}` : title, sections };
};
