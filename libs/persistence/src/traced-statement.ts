import { currentTraceparent, traced } from '@dialtone/tracing';

/** Enough to tell a statement by. Values are parameters, which are never told. */
const SHOWN = 200;

/** A statement as a span of the trace that it is part of. Statements of none, such as looks at an empty queue, are no traces. */
export const tracedStatement = <T>(text: string, ask: () => Promise<T>): Promise<T> => {
  if (currentTraceparent() === null) return ask();
  const shown = text.replaceAll(/\s+/g, ' ').trim().slice(0, SHOWN);
  const operation = /^\w+/.exec(shown)?.[0].toUpperCase() ?? 'STATEMENT';
  const attributes = { 'db.system.name': 'postgresql', 'db.operation.name': operation, 'db.query.text': shown };
  return traced(`SQL ${operation}`, { kind: 'client', attributes }, ask);
};
