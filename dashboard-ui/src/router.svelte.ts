/** Addresses under /dashboard, and going from one to another without loading the page. */

export interface Route {
  page: 'library' | 'media' | 'settings' | 'unknown';
  id: string;
  /** The tab of a media, the section of the settings. */
  part: string;
}

const BASE = '/dashboard';

class Router {
  route = $state<Route>(read(location.pathname));

  constructor() {
    addEventListener('popstate', () => (this.route = read(location.pathname)));
  }

  go(address: string): void {
    history.pushState(null, '', address);
    this.route = read(location.pathname);
    scrollTo(0, 0);
  }

  /** A click on a link of ours stays on the page, unless another tab or a download is asked for. */
  follow = (event: MouseEvent): void => {
    const link = (event.target as Element).closest('a');
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || event.defaultPrevented || link.target || link.hasAttribute('download')) return;
    if (link.origin !== location.origin || !link.pathname.startsWith(BASE)) return;
    event.preventDefault();
    this.go(link.pathname + link.search);
  };
}

function read(path: string): Route {
  const [, page = '', id = '', part = ''] = path.slice(BASE.length).split('/');
  if (!page) return { page: 'library', id: '', part: '' };
  if (page === 'media' && id) return { page: 'media', id, part };
  if (page === 'settings') return { page: 'settings', id: '', part: id || 'tokens' };
  return { page: 'unknown', id: '', part: '' };
}

export const to = {
  library: () => BASE,
  media: (id: string, tab = '') => `${BASE}/media/${id}${tab ? `/${tab}` : ''}`,
  settings: (section = '') => `${BASE}/settings${section ? `/${section}` : ''}`,
};

export const router = new Router();
