import type { ListMemory, RememberedSection } from '@dialtone/domain';
import type { ListMemories } from '@dialtone/engine';
import { withCalls } from '@dialtone/testing';

/** The port, with word of every memory that was stored. */
export const watchedListMemories = (
  memories: ListMemories,
  saved: (section: RememberedSection, memory: ListMemory) => void,
): ListMemories =>
  withCalls<ListMemories>(memories, {
    save: async (connectionId, section, memory, basis) => {
      const version = await memories.save(connectionId, section, memory, basis);
      if (version !== null) saved(section, memory);
      return version;
    },
  });
