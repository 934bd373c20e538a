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
    .map((block) =>
      Object.fromEntries(
        block
          .split('\n')
          .map((line) => /^(id|event|data): (.*)$/.exec(line))
          .flatMap((field) => (field === null ? [] : [[field[1], field[2]]])),
      ),
    )
    .filter((message) => Object.keys(message).length > 0);
