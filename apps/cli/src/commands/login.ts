import { once } from 'node:events';
import { listAgents } from '@dialtone/client';
import { EXIT, Failure } from '../failure';
import { ApiFailure } from '../gateway/api-failure';
import { Gateway } from '../gateway/gateway';
import type { AddCommands } from '../command-parts';
import type { Run } from '../run';
import { profilesPath, readProfiles, writeProfiles } from '../settings/profiles';
import { addressOf, maskedKey } from '../settings/target';
import { isInteractive, type Surroundings } from '../surroundings';

const FORBIDDEN = 403;
const CTRL_C = '\u0003';
const BACKSPACE = /[\u0008\u007f]/;

/** What is typed until Enter, unseen. */
const typedUnseen = async ({ stdin, stderr }: Surroundings, prompt: string): Promise<string> => {
  stderr.write(prompt);
  const input = stdin as typeof process.stdin;
  input.setRawMode(true);
  input.resume();
  let typed = '';
  try {
    for (;;) {
      const [chunk] = (await once(input, 'data')) as [Buffer | string];
      for (const character of chunk.toString()) {
        if (character === CTRL_C) throw new Failure('Nothing was saved.', EXIT.interrupted);
        if (character === '\r' || character === '\n') return typed;
        typed = BACKSPACE.test(character) ? typed.slice(0, -1) : typed + character;
      }
    }
  } finally {
    input.setRawMode(false);
    input.pause();
    stderr.write('\n');
  }
};

const MAX_KEY = 1_000;

const pipedIn = async ({ stdin }: Surroundings): Promise<string> => {
  let text = '';
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.length > MAX_KEY) break;
  }
  return text;
};

/** From the environment, a person, or a pipe. Never from an argument: process lists and histories show those. */
const keyFor = async ({ around }: Run, address: string): Promise<string> => {
  const given = around.env['DIALTONE_API_KEY'] ?? '';
  if (given !== '') return given.trim();
  const text = isInteractive(around) ? await typedUnseen(around, `API key for ${address}: `) : await pipedIn(around);
  const key = text.trim();
  if (!/^[\x21-\x7e]{1,300}$/.test(key))
    throw new Failure(
      'No API key came in: type it, pipe it in (dialtone login ADDRESS < key.txt), or set DIALTONE_API_KEY.',
    );
  return key;
};

/** Asks for something cheap. A key that may not read agents is a key all the same. */
const mustBeAccepted = async (gateway: Gateway): Promise<void> => {
  try {
    await gateway.ask((base) => listAgents({ ...base, query: { limit: 1 } }));
  } catch (error) {
    if (error instanceof ApiFailure && error.answer.status === FORBIDDEN) return;
    throw error;
  }
};

const logIn = async (run: Run, text: string): Promise<void> => {
  const { around, flags } = run;
  const address = addressOf(text, 'the command line');
  const name = flags.profile ?? around.env['DIALTONE_PROFILE'] ?? 'default';
  if (!/^[\w.-]{1,63}$/.test(name))
    throw new Failure('A profile has a name of up to 63 letters, digits, "_", "-" and ".".');
  const path = profilesPath(around.env);
  const kept = await readProfiles(path);
  const apiKey = await keyFor(run, address);
  const terms = {
    ms: 0,
    attemptMs: 30_000,
    signal: around.signal,
    say: (line: string) => {
      run.say(line);
    },
  };
  const from = { addressFrom: 'the command line', keyFrom: 'what was entered', profile: name };
  await mustBeAccepted(new Gateway({ address, apiKey, ...from }, terms));
  run.say(`Saving the key in plain text, readable by you alone, in ${path}.`);
  await writeProfiles(path, { current: name, profiles: { ...kept.profiles, [name]: { address, api_key: apiKey } } });
  run.say(`Logged in to ${address} with ${maskedKey(apiKey)} as profile "${name}".`);
};

export const addLogin: AddCommands = (program, act) => {
  program
    .command('login')
    .description('Save an address with its API key as a profile; the key is typed or piped in, never an argument')
    .argument('<address>', 'of the gateway, such as https://dialtone.example.com')
    .action(
      act(async (run, address: string) => {
        await logIn(run, address);
        return EXIT.done;
      }),
    );
};
