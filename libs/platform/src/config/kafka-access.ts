import type { kafka } from './process-variables';
import { ConfigError, type ConfigProblem, type ValuesOf } from './variable';

type KafkaAccess = ValuesOf<typeof kafka>;

/** What does not fit together of how the brokers are reached. */
const problemsOf = (access: KafkaAccess): readonly ConfigProblem[] => {
  const { kafkaTls, kafkaCa, kafkaCertificate, kafkaKey, kafkaSaslMechanism, kafkaSaslUsername, kafkaSaslPassword } =
    access;
  const problems: ConfigProblem[] = [];
  const add = (variable: string, sentence: string): void => {
    problems.push({ variable, sentence: `${variable} ${sentence}` });
  };
  const isGiven = { KAFKA_CA_FILE: kafkaCa !== null, KAFKA_CERT_FILE: kafkaCertificate !== null };
  for (const [name, given] of Object.entries(isGiven))
    if (given && !kafkaTls) add(name, 'is given without TLS. Set KAFKA_TLS=true, or leave it out');
  if ((kafkaCertificate === null) !== (kafkaKey === null)) {
    const missing = kafkaKey === null ? 'KAFKA_KEY_FILE' : 'KAFKA_CERT_FILE';
    add(missing, 'is missing. A client certificate needs both KAFKA_CERT_FILE and KAFKA_KEY_FILE');
  }
  const login = { KAFKA_SASL_USERNAME: kafkaSaslUsername, KAFKA_SASL_PASSWORD: kafkaSaslPassword };
  for (const [name, value] of Object.entries(login)) {
    if (kafkaSaslMechanism !== 'none' && value === '')
      add(name, `is missing. KAFKA_SASL_MECHANISM=${kafkaSaslMechanism} needs it`);
    if (kafkaSaslMechanism === 'none' && value !== '')
      add(
        name,
        'is given without a mechanism. Set KAFKA_SASL_MECHANISM, for example KAFKA_SASL_MECHANISM=scram-sha-512',
      );
  }
  return problems;
};

/** Throws ConfigError with everything that does not fit together. */
export const expectKafkaAccess = (access: KafkaAccess): void => {
  const problems = problemsOf(access);
  if (problems.length > 0) throw new ConfigError(problems);
};
