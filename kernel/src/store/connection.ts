/** What errors of connections tell by their codes, which are those of OpenSSL and of the system. */

const CERTIFICATE =
  /^(CERT_|ERR_TLS_CERT|SELF_SIGNED|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|HOSTNAME_MISMATCH)/;

export function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

/** The other side does not prove who it is: no waiting mends that. */
export function isUntrusted(error: unknown): boolean {
  return CERTIFICATE.test(codeOf(error));
}

/** The other side speaks plain HTTP, or something else. */
export function speaksNoTls(error: unknown): boolean {
  const { message = '' } = (error ?? {}) as { message?: string };
  return /wrong.version.number|packet.length.too.long/i.test(`${codeOf(error)} ${message}`);
}

/** Nobody knows the name: it is mistyped, or known in another network only. */
export function isUnknownHost(error: unknown): boolean {
  return codeOf(error) === 'ENOTFOUND';
}
