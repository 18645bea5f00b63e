// The page without a network. `cargo xtask build` fills in the two lines below from the files of the
// build; everything else is as written here.
//
// Each build has a cache of its own, filled whole when the worker is installed and never added to:
// the page in it always fits the files beside it. A file is answered from there only under the
// checksum that the page asks for. The page itself comes from the network while there is one, so
// that an update shows at the next visit. Whatever is not a file of this build passes by unseen.
"use strict";

const VERSION = "%VERSION%";
const FILES = {}; // %FILES%: name → checksum as in an integrity attribute

const PREFIX = `roofline ${self.registration.scope} `;
const CACHE = PREFIX + VERSION;
const PAGE = "index.html";
// A network that says nothing for this long counts as none.
const PATIENCE_MS = 4000;

self.addEventListener("install", (event) => event.waitUntil(fill()));
self.addEventListener("activate", (event) => event.waitUntil(forgetOthers()));

// A page that finds this worker waiting says which build it is. To one of this very build, fresh from
// the network, the worker is no news: it takes its place at once. An older page has its reader asked
// first, who may answer that the worker should take over.
self.addEventListener("message", ({ data, ports }) => {
  if (data === "take over" || data.build === VERSION) self.skipWaiting();
  else if (ports[0]) ports[0].postMessage("newer");
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const name = nameOf(request.url);
  if (name === PAGE) event.respondWith(networkFirst(request));
  else if (Object.hasOwn(FILES, name)) event.respondWith(cacheFirst(request, name));
});

// The file of this page that an address names; undefined for everything else.
function nameOf(url) {
  const scope = new URL(self.registration.scope);
  const address = new URL(url);
  if (address.origin !== scope.origin || !address.pathname.startsWith(scope.pathname)) return undefined;
  return address.pathname.slice(scope.pathname.length) || PAGE;
}

// Many hosts redirect from the page's name to its folder, and a redirected answer starts no page.
function addressOf(name) {
  return new URL(name === PAGE ? "./" : name, self.registration.scope).href;
}

async function fill() {
  const cache = await caches.open(CACHE);
  const requests = Object.entries(FILES).map(
    ([name, integrity]) => new Request(addressOf(name), { integrity, cache: "no-cache" })
  );
  await cache.addAll(requests);
}

async function forgetOthers() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

async function kept(name) {
  const cache = await caches.open(CACHE);
  return cache.match(addressOf(name));
}

async function networkFirst(request) {
  let timer;
  const patience = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("the network says nothing")), PATIENCE_MS);
  });
  try {
    const answer = await Promise.race([fetch(request), patience]);
    if (answer.status < 500) return answer;
    return (await kept(PAGE)) || answer;
  } catch (error) {
    const page = await kept(PAGE);
    if (page) return page;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function cacheFirst(request, name) {
  // Another build may have another content under the same name.
  const ours = !request.integrity || request.integrity === FILES[name];
  return (ours && (await kept(name))) || fetch(request);
}
