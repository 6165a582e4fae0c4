// What the frame adds to plain HTML: it tells the host page how tall it is and what happened,
// sends on a click, and puts the focus where the next step begins. Without it every form works.
(() => {
  "use strict";

  const main = document.querySelector("main");
  const step = document.getElementById("step");
  const status = document.getElementById("status");
  const origin = new URLSearchParams(location.search).get("origin");

  // --- to the host page -----------------------------------------------------------------------

  function tell(type, detail) {
    if (!origin || parent === window) return;
    // A page opened from a file has the origin "null", which cannot be addressed.
    const target = origin === "null" ? "*" : origin;
    try {
      parent.postMessage({ sayso: { type, ...detail } }, target);
    } catch {
      // `origin` is no origin at all: a hand-made address, and nobody is listening.
    }
  }

  const height = () => Math.ceil(main.getBoundingClientRect().height);
  let told = 0;
  let waiting = false;
  new ResizeObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      const now = height();
      if (now === told) return;
      told = now;
      tell("resize", { height: now });
    });
  }).observe(main);

  if (main.dataset.error) {
    tell("error", { message: main.dataset.error });
  }
  tell("ready", { height: height() });
  if (!step) return;

  // --- sending --------------------------------------------------------------------------------

  // A pointer may send by choosing; arrow keys pass through every value and only move. The
  // click that a browser makes for a key has no pointer behind it.
  let pointed = false;
  step.addEventListener("pointerdown", () => { pointed = true; });
  step.addEventListener("keydown", () => { pointed = false; });
  step.addEventListener("click", (event) => {
    const input = event.target;
    if (!pointed || !(input instanceof HTMLInputElement) || input.type !== "radio") return;
    pointed = false;
    input.form.requestSubmit();
  });

  // --- after each step ------------------------------------------------------------------------

  let answered = "";
  document.addEventListener("htmx:after:swap", () => {
    const news = step.querySelector("[data-status]");
    status.textContent = news ? news.dataset.status : "";
    const problem = document.getElementById("problem");
    const heading = step.querySelector("h1");
    if (heading) heading.focus({ preventScroll: true });
    if (!news || (problem && problem.textContent.trim())) return;
    if (news.dataset.score) {
      const { kind, score } = news.dataset;
      if (answered !== kind + score) tell("answer", { kind, score: Number(score) });
      answered = kind + score;
    }
    if ("done" in news.dataset) tell("done", {});
  });

  document.addEventListener("htmx:error", () => {
    const problem = document.getElementById("problem");
    (problem || status).textContent = main.dataset.offline;
  });
})();
