import type { kafka } from './process-variables';
import { ConfigError, type ConfigProblem, type ValuesOf } from './variable';

type KafkaAccess = ValuesOf<typeof kafka>;

const problem = (variable: string, why: string): ConfigProblem => ({ variable, sentence: `${variable} ${why}` });

const certificateProblems = ({
  kafkaTls,
  kafkaCa,
  kafkaCertificate,
  kafkaKey,
}: KafkaAccess): readonly ConfigProblem[] => {
  const given = { KAFKA_CA_FILE: kafkaCa, KAFKA_CERT_FILE: kafkaCertificate, KAFKA_KEY_FILE: kafkaKey };
  const names = Object.entries(given).flatMap(([name, content]) => (content === null ? [] : [name]));
  const ofClient = names.filter((name) => name !== 'KAFKA_CA_FILE');
  return [
    ...(kafkaTls
      ? []
      : names.map((name) => problem(name, 'is given without TLS. Set KAFKA_TLS=true, or leave it out'))),
    ...(ofClient.length === 1
      ? [
          problem(
            ofClient[0] === 'KAFKA_CERT_FILE' ? 'KAFKA_KEY_FILE' : 'KAFKA_CERT_FILE',
            'is missing. A client certificate needs both KAFKA_CERT_FILE and KAFKA_KEY_FILE',
          ),
        ]
      : []),
  ];
};

const loginProblems = (access: KafkaAccess): readonly ConfigProblem[] => {
  const { kafkaSaslMechanism: mechanism, kafkaSaslUsername, kafkaSaslPassword } = access;
  const login = { KAFKA_SASL_USERNAME: kafkaSaslUsername, KAFKA_SASL_PASSWORD: kafkaSaslPassword };
  return Object.entries(login).flatMap(([name, value]) => {
    if ((mechanism === 'none') === (value === '')) return [];
    return value === ''
      ? [problem(name, `is missing. KAFKA_SASL_MECHANISM=${mechanism} needs it`)]
      : [
          problem(
            name,
            'is given without a mechanism. Set KAFKA_SASL_MECHANISM, for example KAFKA_SASL_MECHANISM=scram-sha-512',
          ),
        ];
  });
};

/** Throws ConfigError with everything that does not fit together of how the brokers are reached. */
export const expectKafkaAccess = (access: KafkaAccess): void => {
  const problems = [...certificateProblems(access), ...loginProblems(access)];
  if (problems.length > 0) throw new ConfigError(problems);
};
