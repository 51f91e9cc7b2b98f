// The names that topics may have: Apache Kafka's rules (Topic.java).

const MAX_NAME = 249;

/** The name under which Kafka's metrics report a topic, where '.' becomes '_'; two topics must not share it. */
export const inMetrics = (name: string): string => name.replaceAll('.', '_');

/** Why a topic can't have this name; null if it can. */
export function topicNameProblem(name: string): string | null {
  if (name === '.' || name === '..')
    return `topic name: received ${JSON.stringify(name)}, expected another name than "." and ".."`;
  if (name.length > MAX_NAME)
    return `topic name: received ${name.length} characters, expected at most ${MAX_NAME}`;
  if (/^[a-zA-Z0-9._-]+$/.test(name)) return null;
  return `topic name: received ${JSON.stringify(name)}, expected letters, digits, '.', '_' and '-'`;
}
