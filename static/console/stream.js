// The live stream: cards come, change and go by themselves. Without this file the page shows what
// there was when it was opened, and reloading shows what is new.
(() => {
  "use strict";

  const list = document.getElementById("cards");
  if (!list?.dataset.events || !window.EventSource) return;

  const state = document.getElementById("live");
  const said = document.getElementById("said");
  const most = Number(list.dataset.most);
  // The server says every 15 seconds that it is there. After this long, or a laptop's sleep, the
  // connection is taken for dead whatever the browser believes.
  const SILENCE_MS = 40000;
  const HIDDEN_MS = 20000;
  const SAY_EVERY_MS = 2000;
  const NUMBERS_EVERY_MS = 15000;
  const RESET_EVERY_MS = 10000;

  let source = null;
  let after = list.dataset.after;
  let heardAt = Date.now();
  let retryAt = 0;
  let hideTimer = 0;

  let isLive = false;
  const show = (name) => {
    isLive = name === "live";
    state.hidden = false;
    state.className = `live is-${name}`;
    state.querySelector(".words").textContent = state.dataset[name];
  };

  // What is new is said politely, and what comes in a burst is said together.
  let sayings = [];
  let sayTimer = 0;
  let saidAt = 0;
  const say = (text) => {
    sayings.push(text);
    if (sayTimer) return;
    sayTimer = setTimeout(() => {
      const many = said.dataset.many.replace("{count}", sayings.length).replace("{newest}", sayings.at(-1));
      said.textContent = sayings.length === 1 ? sayings[0] : many;
      sayings = [];
      sayTimer = 0;
      saidAt = Date.now();
    }, Math.max(300, saidAt + SAY_EVERY_MS - Date.now()));
  };

  // Many pages hear of the same answer: each asks for its numbers at a moment of its own.
  let numbersTimer = 0;
  let numbersAt = 0;
  let numbersAreStale = false;
  const refreshNumbers = () => {
    if (numbersTimer) return;
    const wait = Math.max(1500, numbersAt + NUMBERS_EVERY_MS - Date.now());
    numbersTimer = setTimeout(() => {
      numbersTimer = 0;
      numbersAreStale = !isLive;
      if (!isLive) return;
      numbersAt = Date.now();
      document.getElementById("numbers")?.dispatchEvent(new Event("stale"));
    }, wait + Math.random() * 1500);
  };

  const drawn = (html) => {
    const box = document.createElement("template");
    box.innerHTML = html;
    return box.content.firstElementChild;
  };

  const tidy = () => {
    while (list.children.length > most) list.lastElementChild.remove();
    document.getElementById("nothing").hidden = list.children.length > 0;
    const older = document.getElementById("older");
    if (!older || !list.lastElementChild) return;
    const address = new URL(older.href);
    address.searchParams.set("older", list.lastElementChild.dataset.place);
    older.href = address;
  };

  const put = (data) => {
    const card = drawn(data.html);
    const before = document.getElementById(card.id);
    if (before) {
      if (before.innerHTML === card.innerHTML) return;
      const hadFocus = before.contains(document.activeElement);
      before.replaceWith(card);
      if (hadFocus) card.querySelector("a")?.focus();
      return;
    }
    // Places are written alike, so that their order is that of their letters.
    const next = [...list.children].find((other) => other.dataset.place < card.dataset.place);
    // Further down there are pages of older ones, and this is one of them.
    if (!next && list.children.length >= 30) return;
    if (data.say) {
      card.classList.add("is-new");
      if (said) say(data.say);
    }
    list.insertBefore(card, next || null);
  };

  // More has happened than is told one by one: the page's own list, anew.
  let resetTimer = 0;
  let resetAt = 0;
  const reset = () => {
    if (resetTimer) return;
    const wait = Math.max(0, resetAt + RESET_EVERY_MS - Date.now()) + Math.random() * 2000;
    resetTimer = setTimeout(async () => {
      resetTimer = 0;
      resetAt = Date.now();
      try {
        const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
        if (!answer.ok || answer.redirected) return;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById("cards");
        if (fresh) list.replaceChildren(...fresh.children);
        tidy();
        refreshNumbers();
      } catch {
        // Offline again: coming back tells what was missed.
      }
    }, wait);
  };

  const heard = (event) => {
    heardAt = Date.now();
    if (event.lastEventId) after = event.lastEventId;
  };

  const close = () => {
    source?.close();
    source = null;
  };

  const open = () => {
    close();
    retryAt = 0;
    heardAt = Date.now();
    const address = new URL(list.dataset.events, location.href);
    address.searchParams.set("after", after);
    const opened = source = new EventSource(address);
    opened.addEventListener("here", (event) => {
      heard(event);
      show("live");
      if (numbersAreStale) refreshNumbers();
    });
    opened.addEventListener("card", (event) => {
      heard(event);
      put(JSON.parse(event.data));
      tidy();
      refreshNumbers();
    });
    opened.addEventListener("gone", (event) => {
      heard(event);
      document.getElementById(`card-${JSON.parse(event.data).id}`)?.remove();
      tidy();
      refreshNumbers();
    });
    opened.addEventListener("reset", (event) => {
      heard(event);
      reset();
    });
    opened.onerror = () => {
      if (opened !== source) return;
      if (opened.readyState === EventSource.CONNECTING) {
        show("again");
        return;
      }
      // Refused: signed out, too many pages, or the server is being started again.
      show(navigator.onLine ? "off" : "again");
      close();
      retryAt = Date.now() + (navigator.onLine ? 20000 : 2000);
    };
  };

  const lookAfter = () => {
    if (document.hidden) return;
    const isSilent = source && Date.now() - heardAt > SILENCE_MS;
    const isDue = !source && retryAt && Date.now() >= retryAt;
    if (!isSilent && !isDue) return;
    show("again");
    open();
  };

  show("connecting");
  open();
  setInterval(lookAfter, 2000);
  addEventListener("online", open);
  addEventListener("offline", () => show("again"));
  // A page that nobody looks at gives its connection back: browsers allow only a few to a server.
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hideTimer);
    if (document.hidden) hideTimer = setTimeout(close, HIDDEN_MS);
    else if (!source) open();
    else lookAfter();
  });
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => { if (event.persisted) open(); });
})();
