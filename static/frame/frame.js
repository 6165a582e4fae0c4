// What the frame adds to plain HTML: it tells the host page how tall it is and what happened,
// sends on a click, and puts the focus where the next step begins. Without it every form works.
(() => {
  "use strict";

  const main = document.querySelector("main");
  const step = document.getElementById("step");
  const status = document.getElementById("status");
  const origin = new URLSearchParams(location.search).get("origin");

  // Opened by a plain link there is no page around the card, so the card's ground is the page's.
  if (parent === window) document.documentElement.className = "page";

  // --- to the host page -----------------------------------------------------------------------

  function tell(type, detail) {
    if (!origin || parent === window) return;
    // A page opened from a file has no origin that could be addressed.
    const target = /^https?:/.test(origin) ? origin : "*";
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
  // Keys pressed in here are not heard out there, and a pop-up closes with Escape.
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") tell("close", {});
  });
  if (!step) return;

  // --- sending --------------------------------------------------------------------------------

  // A pointer may send by choosing; arrow keys pass through every value and only move. The
  // click that a browser makes for a key has no pointer behind it.
  let pointed = false;
  let press = null;
  step.addEventListener("pointerdown", (event) => {
    pointed = true;
    press = event.button === 0 ? event : null;
  });
  step.addEventListener("keydown", () => { pointed = false; });

  // When another survey on the page grows between press and release, this one has moved away from
  // under a pointer that kept still, and the browser makes no click of it. The press was meant.
  addEventListener("pointerup", (event) => {
    const began = press;
    press = null;
    if (!began || began.target === event.target || began.target.type !== "radio") return;
    const moved = Math.hypot(event.screenX - began.screenX, event.screenY - began.screenY);
    if (moved < 8 && began.target.isConnected) began.target.click();
  });

  // Nothing chosen is nothing to send. On the way down, before htmx hears of it.
  step.addEventListener("submit", (event) => {
    const form = event.target;
    const asks = event.submitter?.name !== "go" && form.querySelector("[type=radio]:required");
    if (!asks || form.querySelector("[type=radio]:checked")) return;
    event.preventDefault();
    event.stopPropagation();
    document.getElementById("problem").textContent = main.dataset.choose;
  }, { capture: true });

  step.addEventListener("click", (event) => {
    const input = event.target;
    // A score is sent by choosing it. A reward is chosen at leisure, and sent by the button.
    if (!pointed || !(input instanceof HTMLInputElement) || input.name !== "score") return;
    pointed = false;
    input.form.requestSubmit();
  });

  // Who clicks while the scripts are still loading has chosen, too. Not a choice that the browser
  // restored (nobody touched the page), and not one of the keyboard, which shows its focus.
  addEventListener("load", () => {
    const early = step.querySelector("input[type=radio]:checked");
    if (!early || early.defaultChecked || !navigator.userActivation?.hasBeenActive) return;
    if (!early.matches(":focus-visible")) early.form.requestSubmit();
  });

  // --- passing it on --------------------------------------------------------------------------

  // That something was pressed is counted, and nothing about who did.
  const count = (address, act = "used") => fetch(address, {
    method: "POST", body: new URLSearchParams({ act }), keepalive: true, credentials: "omit",
  }).catch(() => {});

  // The device's own menu: where there is one, and where the page around lets a frame open it.
  const policy = document.featurePolicy;
  const isForbidden = policy?.features().includes("web-share") && !policy.allowsFeature("web-share");
  const hasMenu = navigator.share && !isForbidden;

  function prepareWays() {
    for (const way of step.querySelectorAll("[data-copy], [data-native]")) {
      if (way.dataset.native) {
        if (!hasMenu || !way.parentElement.hidden) continue;
        way.parentElement.hidden = false;
        if ("first" in way.dataset) count(way.dataset.native, "offered");
      }
      way.hidden = false;
    }
  }
  prepareWays();

  // Clipboards may be closed to frames; then what is selected can still be copied.
  async function copy(way) {
    const field = document.getElementById("share-link");
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      field.select();
      document.execCommand("copy");
    }
    status.textContent = way.textContent = way.dataset.copied;
    count(way.dataset.copy);
  }

  function passOn(event) {
    const way = event.target.closest("[data-to], [data-copy], [data-native]");
    if (!way || event.button > 1) return;
    const { to, native, text, url } = way.dataset;
    if (to) {
      // Counted here, it need not go by way of the server.
      way.dataset.go ??= way.href;
      way.href = to;
      count(way.dataset.go);
    } else if (native) {
      navigator.share({ text, url }).then(() => count(native), (error) => {
        // Whoever closes the menu wanted to. A page that forbids it shows no button that does nothing.
        if (error.name !== "AbortError") way.parentElement.hidden = true;
      });
    } else copy(way);
  }
  step.addEventListener("click", passOn);
  step.addEventListener("auxclick", passOn);

  // --- after each step ------------------------------------------------------------------------

  let answered = "";
  document.addEventListener("htmx:after:swap", (event) => {
    prepareWays();
    if (event.detail.ctx?.target?.id === "share") {
      const said = document.getElementById("share-title");
      status.textContent = said.textContent;
      said.focus({ preventScroll: true });
      return;
    }
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
