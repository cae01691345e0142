// The API server, asked as its administrator.
import { request } from 'node:https';
import { adminToken, apiAddress, apiPort } from './places.mjs';

const TYPES = { PATCH: 'application/merge-patch+json' };

/**
 * The answer, parsed where it is JSON; undefined for what is not there.
 * @throws Error with what the server says when it refuses
 */
export async function api(method, path, body) {
  const { status, text } = await send(method, path, body && JSON.stringify(body));
  if (status === 404) return undefined;
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Makes an object, or changes it to what is given. */
export async function apply(path, object) {
  const own = `${path}/${object.metadata.name}`;
  if ((await api('GET', own)) === undefined) return api('POST', path, object);
  return api('PATCH', own, object);
}

function send(method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${adminToken}`,
      'content-type': TYPES[method] ?? 'application/json',
    };
    const options = { host: apiAddress, port: apiPort, path, method, headers, rejectUnauthorized: false };
    const sent = request(options, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (piece) => (text += piece));
      answer.on('end', () => resolve({ status: answer.statusCode, text }));
      answer.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
