/** What an attribute in double quotes cannot hold as it is: white space other than a blank would be read as one. */
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};

/** What XML 1.0 cannot hold in any spelling. */
const IMPOSSIBLE = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/** Text for an attribute in double quotes. */
export const attribute = (text: string): string =>
  text.replace(IMPOSSIBLE, '').replace(/[&<"\t\n\r]/g, (character) => ENTITIES[character] ?? character);

export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';

/** Text between tags. */
export const content = (text: string): string => attribute(text).replace(/>/g, '&gt;');
