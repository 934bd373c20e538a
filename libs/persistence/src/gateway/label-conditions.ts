import type { LabelRequirement, LabelSelector } from '@dialtone/domain';
import { json } from '../db';

/** SQL that begins with `and` (or is empty), and its parameters. */
export interface Conditions {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

type Take = (value: unknown) => string;

const conditionOf = (requirement: LabelRequirement, take: Take): string => {
  const { name } = requirement;
  switch (requirement.kind) {
    case 'in':
      // Containment, not a comparison of the value: only that is looked up in the index.
      return `(${requirement.values.map((value) => `b.labels @> ${take(json({ [name]: value }))}::jsonb`).join(' or ')})`;
    case 'not_in':
      return `coalesce(b.labels ->> ${take(name)}::text <> all(${take(requirement.values)}::text[]), true)`;
    case 'exists':
      return `b.labels ? ${take(name)}::text`;
    case 'missing':
      return `not b.labels ? ${take(name)}::text`;
  }
};

/** What a selector asks of the labels of `bindings b`; its parameters begin at `first`. */
export const labelConditions = (selector: LabelSelector, first: number): Conditions => {
  const parameters: unknown[] = [];
  const take: Take = (value) => `$${String(first + parameters.push(value) - 1)}`;
  const conditions = selector.map((requirement) => conditionOf(requirement, take));
  // The index has labelled rows only; the planner takes it when the statement says so.
  const isLabelled = selector.some(({ kind }) => kind === 'in' || kind === 'exists');
  const all = [...(isLabelled ? [`b.labels <> '{}'`] : []), ...conditions];
  return { sql: all.map((condition) => `and ${condition}`).join(' '), parameters };
};
