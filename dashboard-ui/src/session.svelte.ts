/** Who this browser is signed in as, and which of its credentials this tab acts with. */

import { actAs, call, whenSignedOut } from './api/client';
import type { Credential } from './api/types';

const CHOSEN = 'inpoint-credential';

class Session {
  credentials = $state<Credential[]>([]);
  chosen = $state<Credential | null>(null);
  known = $state(false);
  /** Why there is a sign-in page now, if it isn't just the first. */
  notice = $state('');

  get canWrite(): boolean {
    return this.chosen?.scope === 'write';
  }

  async begin(): Promise<void> {
    whenSignedOut(() => {
      this.notice = 'You were signed out. Sign in again to go on.';
      void this.look();
    });
    const link = /^#sign-in=([\w-]+)$/.exec(location.hash)?.[1];
    if (link) {
      history.replaceState(null, '', location.pathname);
      try {
        this.take(await ask('POST', { link }), true);
      } catch (error) {
        this.notice = error instanceof Error ? error.message : '';
      }
    }
    if (!this.chosen) await this.look();
    this.known = true;
  }

  async signIn(id: string, secret: string): Promise<void> {
    this.take(await ask('POST', { id, secret }), true);
    this.notice = '';
  }

  /** Of one credential, or of all. */
  async signOut(id?: string): Promise<void> {
    this.take(await ask('DELETE', undefined, id ? `?credential=${encodeURIComponent(id)}` : ''));
  }

  choose(id: string): void {
    const found = this.credentials.find((one) => one.id === id) ?? null;
    this.chosen = found;
    actAs(found?.id ?? '');
    if (found) {
      sessionStorage.setItem(CHOSEN, found.id);
      localStorage.setItem(CHOSEN, found.id);
    }
  }

  private async look(): Promise<void> {
    this.take(await ask('GET').catch(() => []));
  }

  private take(credentials: Credential[], newest = false): void {
    this.credentials = credentials;
    const wanted = newest ? null : (sessionStorage.getItem(CHOSEN) ?? localStorage.getItem(CHOSEN));
    this.choose(credentials.find((one) => one.id === wanted)?.id ?? credentials[0]?.id ?? '');
  }
}

async function ask(method: string, body?: unknown, query = ''): Promise<Credential[]> {
  const options = body === undefined ? {} : { body };
  return (await call<{ credentials: Credential[] }>(method, `/api/v1/session${query}`, options)).credentials;
}

export const session = new Session();
