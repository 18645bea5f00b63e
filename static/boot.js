// Starts the page: finds what Trunk preloads, checks it, runs it. A classic script on purpose: it
// also runs where modules do not (a page opened from disk, an old browser) and can say so.
(async () => {
  "use strict";

  const alarm = (...lines) => {
    const box = document.createElement("div");
    box.setAttribute("role", "alert");
    for (const [tag, text] of lines) {
      const line = document.createElement(tag);
      line.textContent = text;
      box.append(line);
    }
    document.body.prepend(box);
    return box;
  };

  const explain = (what, cure) => {
    const waiting = document.getElementById("boot");
    if (waiting) waiting.remove();
    alarm(["p", "The analyzer could not start. " + what], ["p", cure]).id = "boot-failure";
  };

  if (location.protocol === "file:") {
    explain(
      "Browsers do not run WebAssembly from a file on disk.",
      "Serve this folder instead: `cargo xtask serve` in the project, or `python3 -m http.server` in this folder."
    );
    return;
  }
  if (typeof WebAssembly !== "object") {
    explain(
      "This browser has no WebAssembly, or it is switched off.",
      "Use a current Firefox, Chrome, Edge or Safari. Lockdown Mode on Apple devices and some company " +
        "policies switch WebAssembly off; allow it for this site."
    );
    return;
  }

  const code = document.querySelector("link[rel=modulepreload]");
  const wasm = document.querySelector("link[rel=preload][as=fetch]");
  let loaded;
  try {
    loaded = await Promise.all([
      import(code.href),
      // Asked for as the preload asks for it, or browsers load it twice.
      fetch(wasm.href, { integrity: wasm.integrity, mode: "no-cors", credentials: "include" }).then((answer) => {
        if (!answer.ok) throw new Error(`${answer.status} for ${wasm.href}`);
        return answer;
      }),
    ]);
  } catch (error) {
    console.error(error);
    explain(
      `A part of the page did not arrive whole (${error.message}).`,
      "Check the connection and reload. If that does not help and this is your copy of the page, " +
        "upload all files of one build together: each is checked against the others."
    );
    return;
  }

  // A fault of the program stops it wherever it is, and the browser hears of that last.
  addEventListener("error", (event) => confess(event.error));
  addEventListener("unhandledrejection", (event) => confess(event.reason));

  const [glue, body] = loaded;
  try {
    await glue.default({ module_or_path: body });
  } catch (error) {
    console.error(error);
    explain(
      `It stopped while starting (${error.message}).`,
      "Reload the page without what follows the # in its address. If it still stops, update the browser."
    );
    return;
  }
  keepForLater();

  // After the first fault nothing of the page answers any more, or answers wrongly.
  function confess(error) {
    if (!(error instanceof WebAssembly.RuntimeError) || document.querySelector(".crash")) return;
    const box = alarm(
      ["p", "The page hit a fault of its own and stopped. Your input is in this address; please report both:"],
      ["code", location.href],
      ["code", `Build ${build()}: ${error.message}. ${error.stack}`],
      ["a", "Start anew"]
    );
    box.className = "crash";
    box.lastChild.href = "?";
    const home = document.querySelector("meta[name=repository]").content;
    if (!home.startsWith("https://")) return;
    // Without the address, which may hold a config that is its owner's to show.
    const said = `Build ${build()}: ${error.message}\n\nThe address was: (paste it here)\n`;
    const report = document.createElement("a");
    report.textContent = "Report it";
    report.href = `${home}/issues/new?title=${encodeURIComponent("The page stopped")}&body=${encodeURIComponent(said)}`;
    report.target = "_blank";
    report.rel = "noopener noreferrer";
    box.append(" ", report);
  }

  // After the page is up, so that the first answer waits for nothing: a worker that keeps the page
  // for when there is no network. Without one (plain http, private windows) all else works the same.
  async function keepForLater() {
    if (!navigator.serviceWorker) return;
    try {
      const registration = await navigator.serviceWorker.register("sw.js");
      // Without a controller this is the first visit: nothing is older.
      if (registration.waiting && navigator.serviceWorker.controller) meet(registration.waiting);
      registration.addEventListener("updatefound", () => {
        const worker = registration.installing;
        worker.addEventListener("statechange", () => {
          if (worker.state === "installed" && navigator.serviceWorker.controller) meet(worker);
        });
      });
    } catch (error) {
      console.info("The page is not kept for offline use:", error.message);
    }
  }

  // Only the worker knows whether it is of another build than this page.
  function meet(worker) {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => announce(worker);
    worker.postMessage({ build: build() }, [port2]);
  }

  function build() {
    return document.querySelector("meta[name=build]").content;
  }

  function announce(worker) {
    const old = document.getElementById("new-version");
    if (old) old.remove();
    const box = document.createElement("div");
    box.id = "new-version";
    box.setAttribute("role", "status");
    const reload = document.createElement("button");
    reload.type = "button";
    reload.textContent = "Reload";
    reload.addEventListener("click", () => {
      // Another window may have let it take over already.
      if (worker.state === "activated") location.reload();
      navigator.serviceWorker.addEventListener("controllerchange", () => location.reload());
      worker.postMessage("take over");
    });
    document.body.append(box);
    // Filled when it is in the page already: only then do screen readers read it out.
    setTimeout(() => box.append("A new version is ready.", reload), 100);
  }
})();
