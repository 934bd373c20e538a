import { createRegistry } from './registry';
import { unreadableValues } from './unreadable-values';

const VALUE = { section: 'dids', field: 'expiry_date', id: 7, shape: '"01/02/2027"' };

describe('values that are not understood', () => {
  it('are logged once per account, list and field, and all are counted', async () => {
    const registry = createRegistry();
    const warn = jest.fn();
    const observerOf = unreadableValues(registry, { warn });
    const [one, other] = [observerOf('one'), observerOf('other')];
    one(VALUE);
    one({ ...VALUE, id: 8 });
    one({ ...VALUE, field: 'client_id' });
    one({ ...VALUE, section: 'available_dids' });
    other(VALUE);
    expect(warn.mock.calls.map(([fields]: [object]) => fields)).toMatchObject([
      { connection_id: 'one', section: 'dids', field: 'expiry_date', row_id: 7, value: '"01/02/2027"' },
      { connection_id: 'one', section: 'dids', field: 'client_id' },
      { connection_id: 'one', section: 'available_dids', field: 'expiry_date' },
      { connection_id: 'other', section: 'dids', field: 'expiry_date' },
    ]);
    expect(await registry.metrics()).toContain(
      'dialtone_upstream_unreadable_values_total{section="dids",field="expiry_date"} 3',
    );
  });
});
