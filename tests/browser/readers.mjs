// Independent readers of our manifests and boxes: hls-parser in strict mode, mpd-parser, mp4box.
// node readers.mjs MULTIVARIANT_URL MPD_URL → a JSON line; throws on anything they don't like.
import HLS from "hls-parser";
import { parse as parseMpd } from "mpd-parser";
import { createFile } from "mp4box";

const [playlistUrl, mpdUrl] = process.argv.slice(2);
HLS.setOptions({ strictMode: true });

async function get(url) {
  for (let attempt = 0; attempt < 60; attempt++) {
    const answer = await fetch(url);
    if (answer.status === 200) return answer;
    if (answer.status !== 503) throw new Error(`${url}: ${answer.status}`);
    await new Promise((done) => setTimeout(done, 500));
  }
  throw new Error(`${url}: never came`);
}

function readBoxes(buffers) {
  const file = createFile();
  const found = { samples: 0 };
  file.onError = (module, message) => { throw new Error(`${module}: ${message}`); };
  file.onReady = (info) => { found.info = info; };
  let at = 0;
  for (const buffer of buffers) {
    buffer.fileStart = at;
    at += buffer.byteLength;
    file.appendBuffer(buffer);
  }
  file.flush();
  const track = found.info.tracks[0];
  return { codec: track.codec, timescale: track.timescale, samples: file.getTrackSamplesInfo(track.id).length };
}

async function readMedia(url) {
  const text = await (await get(url)).text();
  const playlist = HLS.parse(text);
  const seconds = playlist.segments.reduce((sum, one) => sum + one.duration, 0);
  if (!playlist.segments[0].map) return { seconds, segments: playlist.segments.length };
  const addresses = [playlist.segments[0].map.uri, ...playlist.segments.map((one) => one.uri)];
  const buffers = [];
  for (const address of addresses) buffers.push(await (await get(new URL(address, url))).arrayBuffer());
  return { seconds, segments: playlist.segments.length, ...readBoxes(buffers) };
}

const master = HLS.parse(await (await get(playlistUrl)).text());
const result = { variants: [], iframes: 0 };
for (const variant of master.variants) {
  const media = await readMedia(new URL(variant.uri, playlistUrl));
  const name = { codecs: variant.codecs, rate: variant.frameRate, resolution: variant.resolution };
  if (variant.isIFrameOnly) result.iframes += 1;
  else result.variants.push({ ...name, ...media });
}
const groups = master.variants[0];
result.audio = [];
for (const one of groups.audio) result.audio.push(await readMedia(new URL(one.uri, playlistUrl)));
result.subtitles = [];
for (const one of groups.subtitles) result.subtitles.push(await readMedia(new URL(one.uri, playlistUrl)));

const mpd = parseMpd(await (await get(mpdUrl)).text(), { manifestUri: mpdUrl });
result.dash = mpd.playlists.map((one) => ({
  seconds: one.segments.reduce((sum, segment) => sum + segment.duration, 0),
  first: one.segments[0].resolvedUri,
  resolution: one.attributes.RESOLUTION,
}));
for (const one of result.dash) await get(one.first);
console.log(JSON.stringify(result));
process.exit(0); // connections that are kept alive would hold it for half a minute
