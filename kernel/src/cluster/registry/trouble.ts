/** What can go wrong on the way to a registry, as sentences. */
import { codeOf, isUnknownHost, isUntrusted, speaksNoTls } from '../../store/connection.js';
import { diskTrouble } from '../disk-trouble.js';
import { ClusterError } from '../error.js';

/** Worth another try: the other side, or the way there, may be well again in a moment. */
export class PassingError extends ClusterError {
  constructor(
    message: string,
    /** In milliseconds, where the other side says how long to wait. */
    readonly after?: number,
  ) {
    super(message);
  }
}

/** Says that nothing will change within seconds. */
const AWAY = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH']);

/** An error of a connection to a host, told. */
export function connectionTrouble(error: unknown, host: string): Error {
  const { message, name } = error as Error;
  const code = codeOf(error);
  if (name === 'AbortError' || error instanceof ClusterError) return error as Error;
  if (isUntrusted(error)) {
    return new ClusterError(
      `The certificate of ${host} is not trusted (${message}). ` +
        'Where a certificate authority of your own signs it, start with NODE_EXTRA_CA_CERTS=/path/to/ca.crt.',
    );
  }
  if (speaksNoTls(error)) {
    return new ClusterError(
      `${host} does not speak HTTPS. Where it is a registry for plain HTTP, set registry.insecure under "tagflow" in package.json.`,
    );
  }
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EROFS') return diskTrouble(error);
  const text = `${host} cannot be reached: ${reason(error as Error)}.`;
  return AWAY.has(code)
    ? new ClusterError(`${text} Check its name, and that you are connected to its network.`)
    : new PassingError(text);
}

function reason(error: Error): string {
  if (codeOf(error) === 'ECONNREFUSED') return 'nothing listens there';
  if (isUnknownHost(error)) return 'there is no host of this name';
  return error.message === '' ? codeOf(error) : error.message;
}
