// The page's facts: which manifest to play, and how it is to look.
const facts = JSON.parse(document.getElementById("facts").textContent);
const video = document.querySelector("video");
const player = document.getElementById("player");

function complain(text) {
  const line = document.querySelector("p");
  line.textContent = text;
  line.hidden = false;
  player.hidden = true;
}

function dress() {
  video.muted = facts.muted;
  video.loop = facts.loop;
  video.preload = facts.preload;
  if (facts.poster) video.poster = facts.poster;
  if (facts.color) player.style.setProperty("--accent", facts.color);
  if (facts.letterbox) document.body.style.background = facts.letterbox;
  if (!facts.controls) document.querySelector(".bars").remove();
}

// Text tracks come with the manifest, one by one: the wanted one is shown when it is there.
function showText() {
  if (!facts.track) return;
  const show = () => {
    for (const track of video.textTracks) {
      if (track.language === facts.track && track.mode !== "showing") track.mode = "showing";
    }
  };
  video.textTracks.addEventListener("addtrack", show);
  video.addEventListener("loadeddata", show, { once: true });
}

function begin() {
  if (facts.start) video.currentTime = facts.start;
  if (facts.autoplay) video.play().catch(() => {}); // browsers may want a gesture first
}

function play(address) {
  video.addEventListener("loadedmetadata", begin, { once: true });
  if (!window.Hls || !Hls.isSupported()) {
    video.src = address;
    return;
  }
  const waits = facts.preload === "none" && !facts.autoplay;
  const hls = new Hls({ autoStartLoad: !waits, startPosition: facts.start || -1 });
  window.hls = hls;
  if (waits) video.addEventListener("play", () => hls.startLoad(facts.start || -1), { once: true });
  let mended = false;
  hls.on(Hls.Events.ERROR, (_, error) => {
    if (!error.fatal) return;
    if (error.type === Hls.ErrorTypes.MEDIA_ERROR && !mended) {
      mended = true;
      hls.recoverMediaError();
    } else {
      complain("The video can't be played: " + error.details);
    }
  });
  hls.loadSource(address);
  hls.attachMedia(video);
}

async function open() {
  dress();
  showText();
  let answer;
  try {
    answer = await fetch(facts.manifest);
  } catch {
    complain("The server can't be reached.");
    return;
  }
  if (answer.ok) {
    play(facts.manifest);
    return;
  }
  const body = await answer.json().catch(() => ({}));
  const told = body.error || (body.errors || [])[0] || {};
  complain(told.message || "The video can't be played.");
}

open();
