import { join } from 'node:path';
import { localDirectory, repositoryRoot } from '../paths.mjs';

export const FLAGS = [
  '--enable-source-maps',
  '--disable-warning=ExperimentalWarning',
  '--disable-warning=TimeoutNegativeWarning',
];

export const main = (app) => join(repositoryRoot, 'dist', 'apps', app, 'src', 'main.js');
export const logOf = (name) => join(localDirectory, 'logs', `${name}.log`);

/** Whether the URL answers with success. */
export async function answers(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
