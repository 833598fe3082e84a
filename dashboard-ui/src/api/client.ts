/** One way to speak to the server: every dialect's refusals become the same kind of error. */

export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
    /** The field that is wrong, where one is. */
    readonly field: string | null,
  ) {
    super(message);
  }
}

interface Refusal {
  error?: { message?: string; code?: string | number; field?: string; fields?: { field?: string; message?: string }[] };
  errors?: { message?: string; code?: number }[];
}

/** Which of the browser's credentials acts; told with every request, so that each tab has its own. */
let credential = '';
let signedOut: () => void = () => undefined;

export function actAs(id: string): void {
  credential = id;
}

export function whenSignedOut(heard: () => void): void {
  signedOut = heard;
}

/** Who acts now: for what goes on under the same credential, whichever is chosen later. */
export function acting(): string {
  return credential;
}

export interface Options {
  body?: unknown;
  /** Who acts, if not the one that is chosen. */
  as?: string;
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

/** Raises ApiError; status 0 where no server answers. */
export async function call<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const { body } = options;
  const isForm = body instanceof FormData;
  const headers: Record<string, string> = { ...options.headers };
  const actor = options.as ?? credential;
  if (!actor && !path.startsWith('/api/v1/session')) {
    throw new ApiError('You are signed out.', 401, 'signed_out', null);
  }
  if (actor) headers['Inpoint-Credential'] = actor;
  if (body !== undefined && !isForm) headers['Content-Type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: body === undefined ? null : isForm ? body : JSON.stringify(body),
      signal: options.signal ?? null,
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError('The server does not answer. Is it running, and are you online?', 0, 'unreachable', null);
  }
  const told: unknown = await response.json().catch(() => null);
  if (response.ok) return told as T;
  const refusal = read(told, response);
  if (refusal.code === 'signed_out' && credential && actor === credential) signedOut();
  throw refusal;
}

function read(told: unknown, response: Response): ApiError {
  const { error, errors } = (told ?? {}) as Refusal;
  const field = error?.field ?? error?.fields?.[0]?.field ?? null;
  const detail = error?.fields?.[0]?.message;
  const said = detail && field ? `${field} ${detail}` : field && error?.message ? `${field} ${error.message}` : null;
  const message = said ?? error?.message ?? errors?.[0]?.message ?? `The server answered ${response.status}.`;
  const code = String(error?.code ?? errors?.[0]?.code ?? '');
  return new ApiError(sentence(message), response.status, code, field);
}

function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
