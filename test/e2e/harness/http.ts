/** An answer as it came. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Request {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request, of whatever status; rejects only when there is no answer. */
export const request = async (url: string, { method = 'GET', body, headers = {} }: Request = {}): Promise<Answer> => {
  const response = await fetch(url, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(20_000),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
};

/** True when the URL answers with a 2xx. */
export const answers = async (url: string): Promise<boolean> => {
  try {
    const { status } = await request(url);
    return status >= 200 && status < 300;
  } catch {
    return false;
  }
};
