/** Who this browser is signed in as, and which of its credentials this tab acts with. */

import { actAs, call, messageOf, whenSignedOut } from './api/client';
import type { Credential } from './api/types';
import { notices } from './notices.svelte';
import { router, to } from './router.svelte';

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
    whenSignedOut(() => void this.lost());
    addEventListener('hashchange', () => void this.follow());
    await this.follow();
    if (!this.chosen) await this.look();
    this.known = true;
  }

  /** A link that signs in, once. */
  private async follow(): Promise<void> {
    const link = /^#sign-in=([\w-]+)$/.exec(location.hash)?.[1];
    if (!link) return;
    history.replaceState(null, '', location.pathname);
    try {
      this.take(await ask('POST', { link }), true);
      this.notice = '';
    } catch (error) {
      this.notice = messageOf(error);
    }
  }

  /** The credential that acted is no longer taken. */
  private async lost(): Promise<void> {
    const before = this.chosen?.workspace.name ?? '';
    await this.look();
    if (!this.chosen) this.notice = 'You were signed out. Sign in again to go on.';
    else {
      notices.say(`You were signed out of ${before}. This is ${this.chosen.workspace.name}.`, 'wrong');
      router.go(to.library());
    }
  }

  async signIn(id: string, secret: string): Promise<void> {
    this.take(await ask('POST', { id, secret }), true);
    this.notice = '';
  }

  /** Of one credential, or of all. */
  async signOut(id?: string): Promise<void> {
    this.notice = '';
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
    for (;;) {
      try {
        return this.take(await ask('GET'));
      } catch (error) {
        this.notice = messageOf(error); // no answer is no sign-out: it is asked again
        await new Promise((resolve) => setTimeout(resolve, 2000));
      }
    }
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
