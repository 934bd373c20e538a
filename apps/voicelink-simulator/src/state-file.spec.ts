import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Simulator } from './simulator';
import { restoreState, saveState } from './state-file';

const credentials = { username: 'u', password: 'p' };
const newFile = (): string => join(mkdtempSync(join(tmpdir(), 'simulator-')), 'state.json');

describe('the state file', () => {
  it('brings back every record, the indices, and the next ids', () => {
    const file = newFile();
    const before = new Simulator(credentials, { seed: 1, dids: 30 });
    const [anyDid] = before.world.dids;
    const [anyRouting] = before.world.routings;
    const [anyBot] = before.world.bots.rows;
    if (!anyDid || !anyRouting || !anyBot) throw new Error('the seed has none');
    const did = before.world.addDid({ ...anyDid, number: '918099999999', clientId: null });
    before.world.addRouting({ ...anyRouting, didId: did.id });
    saveState(before, file);

    const after = new Simulator(credentials, { seed: 2, dids: 5 });
    expect(restoreState(after, file)).toBe(true);
    expect(after.world.dump()).toEqual(before.world.dump());
    expect(after.world.didByNumber('8099999999')).toEqual(did);
    expect(after.world.routingOf(did.id)?.didId).toBe(did.id);
    expect(after.world.bots.add(anyBot).id).toBe(before.world.bots.add(anyBot).id);
  });

  it('is no hindrance when it is not there, and says so when it is something else', () => {
    const file = newFile();
    const simulator = new Simulator(credentials, { seed: 1, dids: 3 });
    expect(restoreState(simulator, file)).toBe(false);
    writeFileSync(file, 'nonsense');
    expect(() => restoreState(simulator, file)).toThrow(/not the state of a simulator/);
    expect(readFileSync(file, 'utf8')).toBe('nonsense');
  });
});
