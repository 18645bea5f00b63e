globalThis.speed = (() => {
  // A page rests when nothing has changed for so long.
  const QUIET = 120;
  const { port1, port2 } = new MessageChannel();
  let key = 0, changes = 0, seen = 0, changed = 0, painted = 0, read = 0, waiting = false;
  const follow = () => {
    waiting = true;
    requestAnimationFrame(() => {
      seen = changes;
      // Handled once the frame is done.
      port2.postMessage(0);
    });
  };
  port1.onmessage = () => {
    painted = performance.now();
    // The end of the page comes last, be it the first view's or the live page's.
    const end = document.querySelector(".foot");
    if (!read && end && end.checkVisibility()) read = painted;
    waiting = false;
    if (changes > seen) follow();
  };
  const note = () => {
    changes += 1;
    changed = performance.now();
    if (!waiting) follow();
  };
  const everything = { attributes: true, characterData: true, childList: true, subtree: true };
  new MutationObserver(note).observe(document, everything);
  addEventListener("keydown", (event) => { key = event.timeStamp }, true);
  return {
    watch: () => { key = 0; painted = 0 },
    rest: () => !waiting && performance.now() - changed > QUIET,
    took: () => key > 0 && painted > key && painted - key,
    read: () => read,
    last: () => painted,
  };
})();
