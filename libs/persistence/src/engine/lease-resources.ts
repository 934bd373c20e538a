import { didResource, sweepResource } from '@dialtone/engine';

const column = (expression: string): string => `' || ${expression} || '`;

/** SQL: the engine's `didResource` for rows of `bindings b`. */
export const DID_RESOURCE = `'${didResource(column('b.connection_id'), column('b.key'))}'`;

/** SQL: the engine's `sweepResource` for rows of `connections c`. */
export const SWEEP_RESOURCE = `'${sweepResource(column('c.id'))}'`;
