export { EXPLANATION_TOPICS, type ExplanationFacts, type ExplanationTopic, type Statement } from './explanation';
export { why } from './why';
