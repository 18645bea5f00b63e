globalThis.speed = (() => {
  // A page rests when nothing has changed for so long.
  const QUIET = 120;
  // Changes that no frame has begun to show yet, and when the last frame that showed one was done.
  const anywhere = { waiting: 0, painted: 0 }, inView = { waiting: 0, painted: 0 };
  let key = 0, changed = 0, read = 0, followed = false;
  // As far as it is in view: down to the chart, which the live page draws last.
  const isThere = () => {
    const canvas = document.querySelector("main canvas");
    return document.querySelector("#first-view .legend")?.checkVisibility() || (canvas && canvas.width !== 300);
  };
  // The browser itself says when it painted for the first time, which for the first view is the time sought.
  const parsed = new MutationObserver(() => {
    if (!isThere()) return;
    parsed.disconnect();
    const since = performance.now();
    new PerformanceObserver((list) => {
      const first = list.getEntriesByName("first-contentful-paint")[0];
      if (first && first.startTime >= since) read = first.startTime;
    }).observe({ type: "paint", buffered: true });
  });
  parsed.observe(document, { childList: true, subtree: true });
  const look = () => {
    if (!read && isThere()) read = performance.now();
    return read;
  };
  // Looked for in every frame: what is drawn once sizes are known belongs to the frame that it is drawn in.
  const seek = () => requestAnimationFrame(() => {
    scheduler.postTask(() => look() || seek(), { priority: "user-blocking" });
  });
  seek();
  const follow = () => {
    followed = true;
    requestAnimationFrame(() => {
      const shown = [anywhere, inView].filter((changes) => changes.waiting > 0);
      for (const changes of shown) changes.waiting = 0;
      // Next once the frame is done, before what the page itself put off until then.
      scheduler.postTask(() => {
        for (const changes of shown) changes.painted = performance.now();
        look();
        followed = false;
        if (anywhere.waiting > 0) follow();
      }, { priority: "user-blocking" });
    });
  };
  const isInView = ({ target }) => {
    const around = target.parentElement?.getBoundingClientRect();
    return around && around.bottom > 0 && around.top < innerHeight;
  };
  const note = (records) => {
    changed = performance.now();
    anywhere.waiting += 1;
    // Asked of no start, which it would slow.
    if (key > 0 && records.some(isInView)) inView.waiting += 1;
    if (!followed) follow();
  };
  const everything = { attributes: true, characterData: true, childList: true, subtree: true };
  new MutationObserver(note).observe(document, everything);
  addEventListener("keydown", (event) => { key = event.timeStamp }, true);
  return {
    watch: () => { key = anywhere.painted = inView.painted = 0 },
    rest: () => !followed && performance.now() - changed > QUIET,
    // Until the answer that is in view was painted, and until all of it was.
    took: () => key > 0 && inView.painted > key && [inView.painted - key, anywhere.painted - key],
    read: () => read,
    last: () => anywhere.painted,
  };
})();
