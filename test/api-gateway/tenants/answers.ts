export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
  readonly text: string;
}

/** Values of these differ from request to request, or follow from the body. */
const PASSING = new Set(['x-request-id', 'content-length', 'date', 'etag', 'location']);
/** The end of a login is shown. */
const MASKED = /\*{4}[\w-]*/g;
/** A plan's hash stands for all that was asked, the value included. */
const PLAN_HASH = /"hash":"[0-9a-f]{32}"/g;
/** Where a webhook stands in the log of all partners, and its secret. */
const WEBHOOK_FIELDS = /"(cursor|secret)":"[^"]+"/g;
const UUIDS = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** An answer without what may differ between two questions: the value asked about, new ids, times and counts. */
export const normalise = ({ status, headers, text }: Answer, asked: string): unknown => {
  const spellings = [asked, asked.replace('+', ''), encodeURIComponent(asked)];
  // Ids first: a number that is asked about may stand in one by chance.
  const named = text.replace(UUIDS, (id) => (id === asked ? '<asked>' : '<uuid>'));
  const body = spellings.reduce((rest, spelling) => rest.replaceAll(spelling, '<asked>'), named);
  return {
    status,
    headers: Object.entries(headers)
      .filter(([name]) => !PASSING.has(name))
      .map(([name, value]) => `${name}: ${String(value)}`)
      .toSorted(),
    body: body
      .replace(MASKED, '<masked>')
      .replace(PLAN_HASH, '<hash>')
      .replace(WEBHOOK_FIELDS, '<$1>')
      .replace(/\d+/g, '#'),
  };
};
