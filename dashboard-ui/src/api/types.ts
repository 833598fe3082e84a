/** What the server tells, as its own description says: made of that in the build. */

import type { components, operations } from '../../generated/openapi';

type Schemas = components['schemas'];
/** What an operation of our own API answers. */
type Reply<Name extends keyof operations, Status extends number> = operations[Name] extends {
  responses: Record<Status, { content: { 'application/json': infer Told } }>;
}
  ? Told
  : never;

export type Media = Schemas['InpointMedia'];
export type Details = Schemas['InpointDetails'];
export type Playback = Schemas['InpointPlayback'];
export type Status = Media['status'];
export type Policy = Playback['policy'];
export type Credential = Schemas['InpointCredential'];
export type Token = Schemas['InpointToken'];
export type Webhook = Schemas['InpointWebhook'];
export type Delivery = Schemas['InpointDelivery'];
export type Happening = Schemas['InpointHappening'];
export type Rule = Schemas['FastPixRule'];
export type PlaybackRules = Schemas['FastPixPlaybackId'];
export type SigningKey = Schemas['FastPixSigningKey'];
export type Track = Schemas['FastPixTrack'];
export type Watermark = Schemas['StreamWatermark'];
export type Page = Reply<'inpoint_list_media', 200>;
export type Link = Reply<'inpoint_sign_link', 201>;
export type Deletion = Reply<'inpoint_foresee_deletion', 200>;
export type Storage = Reply<'inpoint_get_storage', 200>;

export function isUnderway(media: Media): boolean {
  return media.status !== 'ready' && media.status !== 'failed';
}

export function nameOf(media: Media): string {
  return media.title || 'Untitled';
}
