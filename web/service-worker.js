/**
 * Keeps the dashboard's own files of one build in the browser, so that it opens and is reloaded without a connection
 * (docs/decisions/0119). The network is asked first for every page; what it answers beside these files is never kept.
 * Before these lines the build writes `build` (a name of all files together), `files` (their paths) and `elsewhere`
 * (pages of this address that are not the dashboard's).
 */
/* global build, files, elsewhere */
const entry = "/index.html";

/** The path tells the content: Vite puts a hash of it there. */
function isHashed(path) {
  return path.startsWith("/assets/");
}

/** Something on the way, a sign-in of its own for example, may lead to another page: that is no file of the build. */
function asked(path) {
  return new Request(path, { cache: isHashed(path) ? "default" : "no-cache", redirect: "error" });
}

/** All or nothing: an entry page beside chunks of another build would be a blank page. */
async function keepFiles() {
  const cache = await caches.open(build);
  await cache.addAll(files.map(asked));
}

async function forgetOtherBuilds() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== build).map((name) => caches.delete(name)));
}

async function kept(path) {
  const cache = await caches.open(build);
  return cache.match(path, { ignoreVary: true });
}

async function fromNetworkFirst(request, path) {
  try {
    return await fetch(request);
  } catch {
    return (await kept(path)) ?? Response.error();
  }
}

async function fromHereFirst(request, path) {
  return (await kept(path)) ?? fetch(request);
}

globalThis.addEventListener("install", (event) => {
  // At once: a build that waited for every tab to close would be the one that opens without a connection.
  event.waitUntil(keepFiles().then(() => globalThis.skipWaiting()));
});

globalThis.addEventListener("activate", (event) => {
  event.waitUntil(forgetOtherBuilds().then(() => globalThis.clients.claim()));
});

globalThis.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== globalThis.location.origin) return;
  if (request.mode === "navigate") {
    if (!elsewhere.test(pathname)) event.respondWith(fromNetworkFirst(request, entry));
  } else if (files.includes(pathname)) {
    const answer = isHashed(pathname) ? fromHereFirst : fromNetworkFirst;
    event.respondWith(answer(request, pathname));
  }
});
