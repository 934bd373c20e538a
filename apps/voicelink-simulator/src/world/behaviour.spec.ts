import { parseBehaviour } from './behaviour';

describe('options', () => {
  it.each([
    [{ bot_names: 'unique', default_per_page: 15 }, null],
    [{ bot_names: 'sometimes' }, ['bot_names']],
    [{ default_per_page: 0 }, ['default_per_page']],
    [{ nonsense: 1 }, ['nonsense']],
  ])('%j are checked', (body, wrong) => {
    const parsed = parseBehaviour(body);
    expect('errors' in parsed ? Object.keys(parsed.errors) : null).toEqual(wrong);
  });
});
