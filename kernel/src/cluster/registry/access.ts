/** Leave to read and write in a registry: it says how it wants to be asked, and is asked so from then on. */
import { Readable } from 'node:stream';
import { type Credentials, credentialsFor } from './credentials.js';
import { type Answer, ask, type Question, textOf } from './http.js';
import { ClusterError } from '../error.js';

/** What is asked for, in the words of the token specification: `repository:team/app:pull,push`. */
export type Scopes = readonly string[];

export interface Access {
  /**
   * The answer to a question that is asked with leave for these scopes.
   * @throws ClusterError when the leave is not given
   */
  ask(question: Question, scopes: Scopes): Promise<Answer>;
}

interface Challenge {
  scheme: string;
  fields: Record<string, string>;
}

/**
 * @param registry as it is named
 * @param host that answers for it: nobody else gets to know who we are
 */
export function accessTo(registry: string, host: string): Access {
  let credentials: Promise<Credentials | undefined> | undefined;
  let challenge: Challenge | undefined;
  const granted = new Map<string, Promise<string>>();

  const authorization = (scopes: Scopes, signal?: AbortSignal): Promise<string> => {
    const key = scopes.join(' ');
    const known = granted.get(key) ?? grant(scopes, signal);
    granted.set(key, known);
    // One that failed is not an answer for later.
    known.catch(() => granted.delete(key));
    return known;
  };
  const grant = async (scopes: Scopes, signal?: AbortSignal): Promise<string> => {
    const own = await (credentials ??= credentialsFor(registry));
    if (challenge!.scheme === 'basic') {
      if (own?.kind !== 'password') throw refused(registry, scopes, false);
      return basic(own);
    }
    return `Bearer ${await tokenFrom(challenge!, scopes, own, registry, signal)}`;
  };

  return {
    async ask(question, scopes) {
      const { signal } = question;
      const send = async (): Promise<Answer> =>
        ask({
          ...question,
          headers: {
            ...question.headers,
            ...(challenge && question.url.host === host
              ? { authorization: await authorization(scopes, signal) }
              : {}),
          },
        });
      let answer = await send();
      if (answer.status === 401) {
        const asked = challengeIn(answer.headers['www-authenticate']);
        await textOf(answer);
        if (!asked) throw refused(registry, scopes, (await credentials) !== undefined);
        challenge = asked;
        // A token may have become too old.
        granted.delete(scopes.join(' '));
        answer = await send();
      }
      if (answer.status !== 401 && answer.status !== 403) return answer;
      const said = complaintIn(await textOf(answer));
      throw refused(registry, scopes, (await (credentials ??= credentialsFor(registry))) !== undefined, said);
    },
  };
}

/** What a registry says is wrong, in its own words. */
export function complaintIn(body: string): string | undefined {
  try {
    const { errors } = JSON.parse(body) as { errors?: { code?: string; message?: string }[] };
    return errors?.map(({ code, message }) => message || code).join(', ') || undefined;
  } catch {
    return undefined;
  }
}

function refused(registry: string, scopes: Scopes, known: boolean, said?: string): ClusterError {
  const [, repository = '', rights = ''] = scopes[0]?.split(':') ?? [];
  const deed = rights.includes('push') ? 'push to' : 'read';
  // Some say the same of what they do not have.
  const other = deed === 'read' ? 'Perhaps there is no image of this name; or: ' : '';
  const advice = known
    ? `Check that this login may do so, or log in again: \`docker login ${registry}\`.`
    : `Log in first: \`docker login ${registry}\`, or \`podman login\`.`;
  const words = said === undefined ? '' : ` (${said})`;
  return new ClusterError(`${registry} does not let us ${deed} ${repository}${words}. ${other}${advice}`);
}

function basic({ user, password }: Credentials & { kind: 'password' }): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** RFC 7235: the last of several challenges that we can answer. */
function challengeIn(header: string | undefined): Challenge | undefined {
  const found = /\b(bearer|basic)\b\s*(.*)$/i.exec(header ?? '');
  if (!found) return undefined;
  const fields = [...found[2]!.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [
    name!.toLowerCase(),
    value!,
  ]);
  return { scheme: found[1]!.toLowerCase(), fields: Object.fromEntries(fields) as Record<string, string> };
}

/** distribution's token specification; with an identity token its form for OAuth 2. */
async function tokenFrom(
  { fields }: Challenge,
  scopes: Scopes,
  own: Credentials | undefined,
  registry: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { realm, service = '' } = fields;
  if (realm === undefined)
    throw new ClusterError(`${registry} asks for a token but does not say from where.`);
  const url = new URL(realm);
  let question: Question;
  if (own?.kind === 'identity') {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      service,
      client_id: 'tagflow',
      scope: scopes.join(' '),
      refresh_token: own.token,
    });
    const body = Buffer.from(form.toString());
    question = {
      method: 'POST',
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: { size: body.length, open: () => Readable.from([body]) },
      signal,
    };
  } else {
    if (service) url.searchParams.set('service', service);
    for (const scope of scopes) url.searchParams.append('scope', scope);
    question = { method: 'GET', url, headers: own ? { authorization: basic(own) } : {}, signal };
  }
  const answer = await ask(question);
  const text = await textOf(answer);
  if (answer.status === 401 || answer.status === 403 || answer.status === 400)
    throw refused(registry, scopes, own !== undefined, complaintIn(text));
  if (answer.status !== 200)
    throw new ClusterError(`${url.host} gives no token for ${registry}: status ${answer.status}.`);
  const { token, access_token } = JSON.parse(text) as { token?: string; access_token?: string };
  return token ?? access_token ?? '';
}

/** What a registry answers when it should not. */
export async function unexpected(
  answer: Answer,
  { method }: Pick<Question, 'method'>,
): Promise<ClusterError> {
  const { url, status } = answer;
  const body = await textOf(answer);
  const said = complaintIn(body) ?? body.trim().slice(0, 300);
  return new ClusterError(
    `${url.host} answered ${method} ${url.pathname} with status ${status}${said === '' ? '' : `: ${said}`}.`,
  );
}
