import type { MessageText, TextLine, TextSection } from '../../core/message-text';

/** Slack refuses a longer text of a section. */
const MAX_SECTION = 3_000;
/** Slack refuses more blocks; one is the title. */
const MAX_BLOCKS = 50;
const MAX_HEADER = 150;

/** Slack's own three characters; without it a text could mention a channel or be a link. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const lineOf = ({ text, link }: TextLine): string =>
  link === null ? `• ${escaped(text)}` : `• ${escaped(text)} (<${escaped(link).replaceAll('|', '%7C')}|what to do>)`;

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** Whole lines only: a cut line could end inside a link. */
const sectionText = ({ heading, lines }: TextSection): string => {
  let text = `*${escaped(heading)}*`;
  for (const line of lines.map(lineOf)) {
    if (text.length + line.length + 1 > MAX_SECTION) break;
    text += `\n${line}`;
  }
  return text;
};

/** Body for an incoming webhook: `text` is what a notification shows. */
export const slackBody = ({ title, sections }: MessageText): object => ({
  text: escaped(title),
  blocks: [
    { type: 'header', text: { type: 'plain_text', text: cut(title, MAX_HEADER), emoji: false } },
    ...sections
      .slice(0, MAX_BLOCKS - 1)
      .map((section) => ({ type: 'section', text: { type: 'mrkdwn', text: sectionText(section) } })),
  ],
});
