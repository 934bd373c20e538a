import { createRequire } from 'node:module';

/** What is sent to one broker, as kafkajs has it before it is encoded. */
export interface Asked {
  readonly acks: number;
  readonly timeout: number;
  readonly transactionalId?: string;
  /** 0, or absent: none. */
  readonly compression?: number;
  /** A number of 64 bits, in digits or as a class of kafkajs. */
  readonly producerId: { toString(): string };
  readonly producerEpoch: number;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly firstSequence: number;
      readonly messages: readonly unknown[];
    }[];
  }[];
}

type Protocol = (asked: Asked) => {
  readonly request: { readonly encode: () => Promise<Encoded> };
  readonly response: unknown;
};

interface Encoded {
  readonly buffer: Buffer;
}

type Encoder = new (initialSize: number) => { writeBuffer(bytes: Buffer): Encoded };

// kafkajs exports neither and declares no types for them.
const kafkajs = createRequire(__filename);

/** How a Produce request of each version of the protocol is encoded. */
export const produce = kafkajs('kafkajs/src/protocol/requests/produce') as {
  protocol: (asked: { readonly version: number }) => Protocol;
};

export const Encoder = kafkajs('kafkajs/src/protocol/encoder') as Encoder;
