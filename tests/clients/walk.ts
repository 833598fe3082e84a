// A client that is typed by what openapi-typescript makes of the document imports, clips, lists and deletes, in the
// words of each dialect: `walk.js ADDRESS TOKEN_ID TOKEN_SECRET ACCOUNT SOURCE_URL SOURCE_FILE`.

import { readFile } from 'node:fs/promises';
import createClient from 'openapi-fetch';
import type { paths } from './openapi.js';

const [baseUrl = '', id, secret, account = '', sourceUrl = '', sourceFile = ''] = process.argv.slice(2);
const basic = createClient<paths>({ baseUrl, headers: { Authorization: `Basic ${btoa(`${id}:${secret}`)}` } });
const bearer = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${secret}` } });

type Walked = [listed: boolean, duration: unknown, gone: boolean[]];

function told<T>(reply: { data?: T; error?: unknown }): T {
  if (reply.data === undefined) throw new Error(JSON.stringify(reply.error));
  return reply.data;
}

async function until(look: () => Promise<[string, unknown]>, ready: string): Promise<unknown> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
    const [state, duration] = await look();
    if (state === ready) return duration;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`it is never ${ready}`);
}

async function fastpix(): Promise<Walked> {
  const at = (media_id: string) => ({ params: { path: { media_id } } });
  const create = async (url: string, times: { startTime?: number; endTime?: number } = {}) => {
    const inputs = [{ type: 'video' as const, url, ...times }];
    return told(await basic.POST('/v1/on-demand', { body: { inputs, accessPolicy: 'public' } })).data.id;
  };
  const look = (one: string) => async (): Promise<[string, unknown]> => {
    const { status, duration } = told(await basic.GET('/v1/on-demand/{media_id}', at(one))).data;
    return [status, duration];
  };
  const source = await create(sourceUrl);
  await until(look(source), 'Ready');
  const clip = await create(`fp_mediaId://${source}`, { startTime: 1, endTime: 2.5 });
  const duration = await until(look(clip), 'Ready');
  const listed = told(await basic.GET('/v1/on-demand', { params: { query: { limit: 50 } } })).data.map((one) => one.id);
  const gone = [];
  for (const one of [clip, source]) gone.push(told(await basic.DELETE('/v1/on-demand/{media_id}', at(one))).success);
  return [listed.includes(source) && listed.includes(clip), duration, gone];
}

async function stream(): Promise<Walked> {
  const path = '/client/v4/accounts/{account}/stream';
  const at = (uid: string) => ({ params: { path: { account, uid } } });
  const look = (one: string) => async (): Promise<[string, unknown]> => {
    const { status, duration } = told(await bearer.GET(`${path}/{uid}`, at(one))).result;
    return [status.state, duration];
  };
  const here = { params: { path: { account } } };
  const source = told(await bearer.POST(`${path}/copy`, { ...here, body: { input: sourceUrl } })).result.uid;
  await until(look(source), 'ready');
  const body = { clippedFromVideoUID: source, startTimeSeconds: 1, endTimeSeconds: 2.5 };
  const clip = told(await bearer.POST(`${path}/clip`, { ...here, body })).result.uid;
  const duration = await until(look(clip), 'ready');
  const listed = told(await bearer.GET(path, here)).result.map((one) => one.uid);
  const gone = [];
  for (const one of [clip, source]) gone.push(told(await bearer.DELETE(`${path}/{uid}`, at(one))).success);
  return [listed.includes(source) && listed.includes(clip), duration, gone];
}

async function inpoint(): Promise<Walked> {
  const at = (media_id: string) => ({ params: { path: { media_id } } });
  const look = (one: string) => async (): Promise<[string, unknown]> => {
    const { status, duration } = told(await basic.GET('/api/v1/media/{media_id}', at(one)));
    return [status, duration];
  };
  const sent = await readFile(sourceFile);
  const source = told(
    await basic.POST('/api/v1/media', {
      params: { query: { title: 'sent' } },
      body: sent as unknown as string,
      bodySerializer: () => new Blob([sent]),
    }),
  ).id;
  await until(look(source), 'ready');
  const clip = told(
    await basic.POST('/api/v1/media/{media_id}/clips', { ...at(source), body: { start: 1, end: '2.5', policy: 'public' } }),
  ).id;
  const duration = await until(look(clip), 'ready');
  const listed = told(await basic.GET('/api/v1/media', {})).media.map((one) => one.id);
  const gone = [];
  for (const one of [clip, source]) gone.push(told(await basic.DELETE('/api/v1/media/{media_id}', at(one))).deleted === one);
  return [listed.includes(source) && listed.includes(clip), duration, gone];
}

console.log(JSON.stringify({ fastpix: await fastpix(), stream: await stream(), inpoint: await inpoint() }));
