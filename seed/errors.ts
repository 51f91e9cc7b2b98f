// Errors of a file or a load that a user can mend. Each message says what was received and what was expected.

import { CodedError } from '../src/runtime/errors.ts';

export type DatasetErrorCode =
  | 'FILE_MISSING'
  | 'FILE_DENIED'
  | 'FILE_UNREADABLE'
  | 'FILE_IS_FOLDER'
  | 'FILE_EMPTY'
  | 'FILE_TRUNCATED'
  | 'FILE_DAMAGED'
  | 'ZIP_CONTENT'
  | 'WRONG_ENCODING'
  | 'WRONG_HEADER'
  | 'LINE_TOO_LONG'
  | 'NO_ROWS'
  | 'BAD_ROW'
  | 'LOAD_RUNNING'
  | 'EVENTS_BUSY'
  | 'WRONG_OPTION';

export class DatasetError extends CodedError<DatasetErrorCode> {
  override readonly name = 'DatasetError';
}

/** The file, or the text packed in it, has no byte. */
export const emptyFile = (file: string): DatasetError =>
  new DatasetError('FILE_EMPTY', `received ${file}, which is empty, expected a CSV file with a header`);
