/** What the server tells. */

export type Status = 'pending' | 'waiting' | 'fetching' | 'indexing' | 'ready' | 'failed';
export type Policy = 'public' | 'signed';

export interface Playback {
  id: string;
  policy: Policy;
  hls: string;
  dash: string;
  watch: string;
}

export interface Media {
  id: string;
  status: Status;
  percent: number;
  title: string | null;
  /** The media that it was cut from. */
  source: string | null;
  createdAt: string;
  updatedAt: string;
  size: number;
  playbacks: Playback[];
  duration?: number;
  frames?: number;
  rate?: string;
  /** Where this browser may watch it. */
  view?: string;
  width?: number;
  height?: number;
  range?: [number | null, number | null][];
  reason?: string;
  error?: { code: string; message: string };
}

export interface Details extends Media {
  metadata: Record<string, unknown>;
  creator: string | null;
  sourceUrl: string | null;
  files: { kind: 'video' | 'audio' | 'source'; status: string; percent: number }[];
  renditions?: { name: string; width: number; height: number; whole: boolean }[];
  fill?: {
    whole: string[];
    made?: number;
    total?: number;
    percent?: number;
    remainingSeconds?: number | null;
    ended?: boolean;
  };
}

export interface Credential {
  id: string;
  scope: 'read' | 'write';
  workspace: { id: string; name: string };
}

export interface Token {
  id: string;
  scope: 'read' | 'write';
  email: string | null;
  createdAt: string | null;
  secret?: string;
}

export interface Webhook {
  id: string;
  url: string;
  dialect: string;
  createdAt: string;
  secret?: string;
}

export interface Delivery {
  id: string;
  webhook: string;
  event: { id: string; kind: string; media: string | null; createdAt: string };
  status: 'pending' | 'delivered' | 'failed';
  nextTry: string | null;
  attempts: { at: string; status?: number; error?: string; milliseconds: number }[];
}

export interface Happening {
  id: string;
  kind: string;
  createdAt: string;
  deliveries: Delivery[];
}

export interface Rule {
  defaultPolicy: 'allow' | 'deny';
  allow: string[];
  deny: string[];
}

export interface PlaybackRules {
  id: string;
  accessPolicy: 'public' | 'private';
  accessRestrictions: { domains: Rule; userAgents: Rule };
  resolution: string | null;
}

export interface SigningKey {
  id: string;
  createdAt: string;
  privateKey?: string;
}

export function isUnderway(media: Media): boolean {
  return media.status !== 'ready' && media.status !== 'failed';
}

export function nameOf(media: Media): string {
  return media.title || 'Untitled';
}
