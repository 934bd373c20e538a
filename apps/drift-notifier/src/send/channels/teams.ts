import type { MessageText, TextLine, TextSection } from '../../core/message-text';

/** Teams refuses a message of more than 28 KB. */
const MAX_BYTES = 25_000;

/** The Markdown that Adaptive Cards read in texts. */
const escaped = (text: string): string => text.replace(/[\\`*_[\]()~]/g, '\\$&');
const lineOf = ({ text, link }: TextLine): string => {
  const address = link === null ? '' : ` [what to do](${link.replaceAll(')', '%29')})`;
  return `- ${escaped(text)}${address}`;
};

const blocksOf = ({ heading, lines }: TextSection): readonly object[] => [
  { type: 'TextBlock', text: escaped(heading), weight: 'Bolder', wrap: true, separator: true },
  { type: 'TextBlock', text: lines.map(lineOf).join('\n'), wrap: true, spacing: 'Small' },
];

const card = (title: string, blocks: readonly object[]): object => ({
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
        body: [{ type: 'TextBlock', text: escaped(title), size: 'Medium', weight: 'Bolder', wrap: true }, ...blocks],
      },
    },
  ],
});

/** Body for the trigger "When a Teams webhook request is received" of Workflows: one Adaptive Card. */
export const teamsBody = ({ title, sections }: MessageText): object => {
  const blocks: object[] = [];
  for (const section of sections) {
    const more = blocksOf(section);
    if (Buffer.byteLength(JSON.stringify(card(title, [...blocks, ...more]))) > MAX_BYTES) break;
    blocks.push(...more);
  }
  return card(title, blocks);
};
