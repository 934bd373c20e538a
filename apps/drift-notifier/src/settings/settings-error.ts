/** What is wrong with the configuration, a sentence for each field. */
export class SettingsError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join(' '));
    this.name = 'SettingsError';
  }
}
