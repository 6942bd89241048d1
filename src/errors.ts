/**
 * Coded errors. Every failure that a user can meet has a code that scripts may rely on; the message never holds bytes
 * of a dump.
 */

export type ErrorCode =
  | 'USAGE' // wrong arguments or configuration
  | 'NO_INPUT' // no file matched
  | 'UNREADABLE' // the operating system refused to open or read
  | 'CHANGED' // the file shrank while it was read
  | 'SELF_TEST' // a planted specimen was not found
  | 'BAD_BASELINE'
  | 'BAD_RULES' // a file of rules, or one of its fields
  | 'OUTPUT' // a report could not be written
  | 'INTERRUPTED'
  | 'INTERNAL';

export class DumpsieveError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DumpsieveError';
    this.code = code;
  }
}

/** A declared count, size or offset does not fit what is there. Parsers catch it and keep what was good. */
export class BoundsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BoundsError';
  }
}

/** A structure that is not what its signature promised. Thrown by strict parsers, caught by their detectors. */
export class FormatError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FormatError';
  }
}

/** The message of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The system's error code (`EIO`), which unlike its message holds no path. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : messageOf(error);
}

/** What `read` gives; undefined where the bytes are no such structure. Everything else is thrown on. */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof BoundsError || error instanceof FormatError) return undefined;
    throw error;
  }
}
