const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (char) => HTML[char] ?? char);

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}code{background:#eee;padding:0 .2em}td,th{text-align:left;vertical-align:top;padding:.2em .8em .2em 0}';

/** `**bold**`, `` `code` `` and links to other pages: the pages use no other inline markup. */
const inline = (text: string): string =>
  escaped(text)
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replace(/\[([^\]]+)\]\((\w+)\.md\)/g, '<a href="/docs/issues/$2">$1</a>');

const cellsOf = (row: string): readonly string[] =>
  row
    .slice(1, -1)
    .split('|')
    .map((cell) => inline(cell.trim()));

const rowHtml = (row: string, cell: 'td' | 'th'): string =>
  `<tr>${cellsOf(row)
    .map((text) => `<${cell}>${text}</${cell}>`)
    .join('')}</tr>`;

const tableHtml = (block: string): string => {
  const [head = '', , ...rows] = block.split('\n');
  return `<table>${[rowHtml(head, 'th'), ...rows.map((row) => rowHtml(row, 'td'))].join('\n')}</table>`;
};

const blockHtml = (block: string): string => {
  if (block.startsWith('# ')) return `<h1>${inline(block.slice(2))}</h1>`;
  return block.startsWith('|') ? tableHtml(block) : `<p>${inline(block)}</p>`;
};

/** Renders one of our own pages: a heading, paragraphs, tables, and a link to `back`. No general Markdown, no scripts. */
export const renderPage = (markdown: string, back?: { readonly href: string; readonly text: string }): string => {
  const blocks = markdown.trim().split(/\n{2,}/);
  const title = escaped((blocks[0] ?? '').replace(/^# /, ''));
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${title} – Dialtone</title><style>${STYLE}</style></head>
<body>
${blocks.map(blockHtml).join('\n')}${back === undefined ? '' : `\n<p><a href="${back.href}">${escaped(back.text)}</a></p>`}
</body>
</html>
`;
};
