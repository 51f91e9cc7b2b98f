// The errors with which a broker refuses to start, each with a code of its own. The message says what was received and what was
// expected; `cause` is the system's error. Errors of requests are in wire/error-codes.ts.

export type BrokerErrorCode =
  | 'BROKER_OPTION_INVALID'
  | 'BROKER_PORT_TAKEN'
  | 'BROKER_HOST_UNAVAILABLE'
  | 'BROKER_FOLDER_UNUSABLE'
  | 'BROKER_FOLDER_LOCKED';

export class BrokerError extends Error {
  override readonly name = 'BrokerError';
  readonly code: BrokerErrorCode;

  constructor(code: BrokerErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

export function optionInvalid(name: string, received: unknown, expected: string): BrokerError {
  return new BrokerError(
    'BROKER_OPTION_INVALID',
    `broker option ${name}: received ${JSON.stringify(received)}, expected ${expected}`,
  );
}

export function portTaken(host: string, port: number, cause: unknown): BrokerError {
  return new BrokerError(
    'BROKER_PORT_TAKEN',
    `port ${port} on ${host} is taken by another program; the broker expects a free port (0 picks one)`,
    cause,
  );
}

export function hostUnavailable(host: string, port: number, cause: Error): BrokerError {
  return new BrokerError(
    'BROKER_HOST_UNAVAILABLE',
    `cannot listen on ${host}:${port} (${cause.message}); the broker expects an address of this machine and a port it may open`,
    cause,
  );
}

export function folderUnusable(folder: string, cause: Error): BrokerError {
  return new BrokerError(
    'BROKER_FOLDER_UNUSABLE',
    `cannot keep the log in ${folder} (${cause.message}); the broker expects a folder that it may write`,
    cause,
  );
}

export function folderLocked(folder: string, pid: number): BrokerError {
  return new BrokerError(
    'BROKER_FOLDER_LOCKED',
    `the log in ${folder} is in use by process ${pid}; a folder belongs to one broker at a time`,
  );
}
