const ESCAPED = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escaped = (text) => String(text).replaceAll(/[&<>"]/g, (character) => ESCAPED[character]);

/** Numbers with one decimal at most: a tenth of a pixel is fine enough, and files stay small. */
const short = (value) => (typeof value === 'number' ? Math.round(value * 10) / 10 : value);

/** An element of SVG; attributes that are undefined are left out, `children` are elements already written. */
export const element = (name, attributes, ...children) => {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escaped(short(value))}"`)
    .join('');
  const inside = children.join('');
  return inside === '' ? `<${name}${written}/>` : `<${name}${written}>${inside}</${name}>`;
};

/** A text at `[x, y]`, where y is its base line. */
export const text = ([x, y], content, attributes = {}) => element('text', { x, y, ...attributes }, escaped(content));

/** How wide a text is in a common sans-serif font, in pixels: an estimate on the safe side. */
export const widthOf = (content, size) =>
  [...content].reduce((width, character) => width + (/[A-Z_mw%]/.test(character) ? 0.72 : 0.55), 0) * size;

/** The size at which a text fits into a width, at most `largest`. */
export const fittingSize = (content, width, largest) => Math.min(largest, width / widthOf(content, 1));

/** A text cut to a width. */
export const cut = (content, { width, size }) => {
  if (widthOf(content, size) <= width) return content;
  const kept = [...content];
  while (kept.length > 1 && widthOf(`${kept.join('')}…`, size) > width) kept.pop();
  return `${kept.join('')}…`;
};
