// Starts the page: finds what Trunk preloads, checks it, runs it. A classic script on purpose: it
// also runs where modules do not (a page opened from disk, an old browser) and can say so.
(async () => {
  "use strict";

  const explain = (what, cure) => {
    const box = document.createElement("div");
    box.id = "boot-failure";
    box.setAttribute("role", "alert");
    for (const text of ["The analyzer could not start. " + what, cure]) {
      const line = document.createElement("p");
      line.textContent = text;
      box.append(line);
    }
    const waiting = document.getElementById("boot");
    if (waiting) waiting.remove();
    document.body.prepend(box);
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
      fetch(wasm.href, { integrity: wasm.integrity, credentials: "same-origin" }).then((answer) => {
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

  const [glue, body] = loaded;
  try {
    await glue.default({ module_or_path: body });
  } catch (error) {
    console.error(error);
    explain(
      `It stopped while starting (${error.message}).`,
      "Reload the page without what follows the # in its address. If it still stops, update the browser."
    );
  }
})();
