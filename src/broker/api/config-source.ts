// The source of a topic's setting in responses.

const TOPIC = 1;
const DEFAULT = 5;

/** INT8: set on the topic, or a default. */
export function sourceOf({ isDefault }: { readonly isDefault: boolean }): number {
  return isDefault ? DEFAULT : TOPIC;
}
