/** How much a list lacks of what it had. */
export interface Loss {
  readonly missing: number;
  /** All rows that are remembered of it. */
  readonly of: number;
}

/** A bot that was listed within the last minutes, and is not any more. */
export interface MissingBot {
  readonly botId: number;
  readonly clientId: number;
  /** Until then the client gets no other bot; epoch ms of the store's clock. */
  readonly until: number;
}

/** What a complete list lacks of what earlier ones had. */
export interface ListLosses {
  /** Non-null: so much that the list is suspect as a whole, and nothing follows from what it lacks. */
  readonly suspect: Loss | null;
  readonly bots: readonly MissingBot[];
  /** Marks of missing records that an operator has confirmed to be gone, a short while ago. */
  readonly confirmed: ReadonlySet<string>;
}

/** For people: why nothing follows from what a list lacks. */
export const suspectMessage = ({ missing, of }: Loss): string => {
  const what =
    missing < of
      ? `${String(missing)} of its ${String(of)} rows are missing`
      : `all of its ${String(of)} rows are missing`;
  return `the list is suspect as a whole: ${what}; nothing is derived from that until it has lasted, or an operator says that it is true`;
};
