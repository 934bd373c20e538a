import { readFileSync } from 'node:fs';
import type { z } from 'zod';

/** The environment as Node gives it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One environment variable: how it is read, and how an error message describes it. */
export interface Variable<T> {
  readonly name: string;
  /** Reads the text; its own error messages are not shown, `mustBe` is. */
  readonly schema: z.ZodType<T, string>;
  /** Completes the sentence "It must be …". */
  readonly mustBe: string;
  readonly example: string;
  /** Its value, and what is derived from it, is never printed; it may be in a file that `<name>_FILE` names. */
  readonly secret?: boolean;
  /** The default, as text that the schema reads. Without it the variable is required. */
  readonly fallback?: string;
}

/** Variables by the property under which their values will be found. */
export type VariableSet = Readonly<Record<string, Variable<unknown>>>;

/** The values of a set. */
export type ValuesOf<V extends VariableSet> = {
  readonly [Name in keyof V]: V[Name] extends Variable<infer T> ? T : never;
};

/** Why one variable cannot be used. */
export interface ConfigProblem {
  readonly variable: string;
  /** A whole sentence or two, without any secret. */
  readonly sentence: string;
}

/** Holds every problem at once, so that one edit fixes the configuration. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly ConfigProblem[]) {
    super(problems.map((problem) => problem.sentence).join('\n'));
  }
}

const problemWith = (variable: Variable<unknown>, raw: string | undefined): ConfigProblem => {
  const shown = variable.secret === true ? 'has a value that cannot be used' : `is ${JSON.stringify(raw)}`;
  const what = raw === undefined ? 'is missing' : shown;
  return {
    variable: variable.name,
    sentence: `${variable.name} ${what}. It must be ${variable.mustBe}, for example ${variable.name}=${variable.example}`,
  };
};

/** An empty or blank text counts as missing: that is what an unset variable becomes in compose files and shells. */
const textOf = (env: Environment, name: string): string | undefined => {
  const given = env[name]?.trim();
  return given === '' ? undefined : given;
};

const unreadable = (variable: Variable<unknown>, path: string): ConfigProblem => ({
  variable: variable.name,
  sentence:
    `${variable.name}_FILE is ${JSON.stringify(path)}, which this process cannot read. It must be the path of a file that ` +
    `holds ${variable.name}, for example ${variable.name}_FILE=/run/secrets/${variable.name}`,
});

/** What was given for a variable: its own text, or for a secret that has none the text of its file. */
const given = (variable: Variable<unknown>, env: Environment): string | undefined | ConfigProblem => {
  const own = textOf(env, variable.name);
  const path = variable.secret === true ? textOf(env, `${variable.name}_FILE`) : undefined;
  if (own !== undefined || path === undefined) return own;
  try {
    const text = readFileSync(path, 'utf8').trim();
    return text === '' ? undefined : text;
  } catch {
    return unreadable(variable, path);
  }
};

/** Reads all variables of a set. Throws ConfigError. */
export const readVariables = <const V extends VariableSet>(variables: V, env: Environment): ValuesOf<V> => {
  const problems: ConfigProblem[] = [];
  const entries = Object.entries(variables).map(([property, variable]) => {
    const raw = given(variable, env);
    if (typeof raw === 'object') {
      problems.push(raw);
      return [property, undefined] as const;
    }
    const read = variable.schema.safeParse(raw ?? variable.fallback);
    if (!read.success) problems.push(problemWith(variable, raw));
    return [property, read.data] as const;
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(Object.fromEntries(entries)) as ValuesOf<V>;
};
