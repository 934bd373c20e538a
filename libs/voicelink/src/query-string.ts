/** Query values as they are to be sent; undefined and null are left out. */
export type Query = Readonly<Record<string, string | number | null | undefined>>;

/** With its question mark; nothing for no values. */
export const queryString = (query: Query): string => {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined) params.set(name, String(value));
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
};
