// A new bucket of an S3 server.

/**
 * @param {string} endpoint where the server answers
 * @param {string} bucket
 * @param {{ accessKeyId: string, secretAccessKey: string }} keys
 * @returns {Promise<boolean>} whether it is there now
 * @throws TypeError while nobody answers
 */
export async function makeBucket(endpoint, bucket, keys) {
  // Whoever installs packages loads this file too.
  const { default: aws4 } = await import('aws4');
  const url = new URL(`/${bucket}`, endpoint);
  const request = { service: 's3', region: 'us-east-1', method: 'PUT', host: url.host, path: url.pathname };
  const { headers } = aws4.sign(request, keys);
  const { ok, status } = await fetch(url, { method: 'PUT', headers });
  return ok || status === 409;
}
