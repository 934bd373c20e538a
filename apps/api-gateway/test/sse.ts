/** One server-sent event. */
export interface SseMessage {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
}

/** The complete ones; comments and `retry` are passed over, as clients do. */
export const messagesIn = (text: string): readonly SseMessage[] =>
  text
    .split('\n\n')
    .slice(0, -1)
    .map((block): SseMessage =>
      Object.fromEntries(
        [...block.matchAll(/^(id|event|data): (.*)$/gm)].map(([, name = '', value = '']): [string, string] => [
          name,
          value,
        ]),
      ),
    )
    .filter((message) => Object.keys(message).length > 0);
