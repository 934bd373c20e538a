import { listAgents } from '@dialtone/client';
import { EXIT } from '../failure';
import { ApiFailure } from '../gateway/api-failure';
import type { Gateway } from '../gateway/gateway';
import type { AddCommands } from '../command-parts';
import { maskedKey } from '../settings/target';

/** What the gateway says to the key. Throws when there is no answer. */
const wordOf = async (gateway: Gateway): Promise<{ readonly accepted: boolean; readonly word: string }> => {
  try {
    await gateway.ask((base) => listAgents({ ...base, query: { limit: 1 } }));
    return { accepted: true, word: 'accepted' };
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    const { status, code } = error.answer;
    return status === 403 ? { accepted: true, word: 'accepted, without agents:read' } : { accepted: false, word: code };
  }
};

export const addWhoami: AddCommands = (program, act) => {
  program
    .command('whoami')
    .description(
      'Say which gateway and which key a command would use, where both come from, and whether the key is good',
    )
    .action(
      act(async (run) => {
        const gateway = await run.gateway();
        const { address, addressFrom, apiKey, keyFrom, profile } = gateway.target;
        const { accepted, word } = await wordOf(gateway);
        const answer = { address, address_from: addressFrom, key: maskedKey(apiKey), key_from: keyFrom, profile, word };
        run.printRow(answer, {
          nameOf: (row) => row.profile ?? row.address,
          columns: [
            { title: 'ADDRESS', of: (row) => row.address },
            { title: 'FROM', of: (row) => row.address_from },
            { title: 'KEY', of: (row) => row.key },
            { title: 'FROM', of: (row) => row.key_from },
            { title: 'THE GATEWAY SAYS', of: (row) => row.word },
          ],
        });
        return accepted ? EXIT.done : EXIT.failed;
      }),
    );
};
