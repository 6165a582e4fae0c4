// Comfort for the console; every page works without it.
(() => {
  "use strict";

  // Copy buttons: data-copy names the element whose text is copied.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    const text = source.value ?? source.textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Clipboards need https or loopback; selecting lets the person copy by hand.
      if (source.select) source.select();
      else getSelection().selectAllChildren(source);
      return;
    }
    const label = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = label; }, 2000);
  });

  // Days of one's own or a span with a name: choosing one lets go of the other, before the form is sent.
  document.addEventListener("change", ({ target }) => {
    const form = target.closest?.("[data-days]");
    if (!form) return;
    const [span, from, to] = ["span", "from", "to"].map((name) => form.querySelector(`[name="${name}"]`));
    if (target === span && span.value !== "own") from.value = to.value = "";
    else if ((target === from || target === to) && target.value) span.value = "own";
  }, true);

  // What a part of the page says of itself when it was swapped in: one sentence, told to whoever does not see it.
  document.addEventListener("htmx:after:swap", () => {
    const words = document.querySelector("[data-news]")?.textContent.trim();
    const news = document.getElementById("news");
    if (words && news && news.textContent !== words) news.textContent = words;
  });

  // A box above a list that ticks all of its boxes, and shows whether all or some are ticked: data-ticks names them.
  document.addEventListener("change", ({ target }) => {
    if (target.type !== "checkbox" || !target.form) return;
    const all = target.dataset.ticks ? target : target.form.querySelector(`[data-ticks="${CSS.escape(target.name)}"]`);
    if (!all) return;
    const boxes = [...target.form.querySelectorAll(`[name="${CSS.escape(all.dataset.ticks)}"]`)];
    if (target === all) for (const box of boxes) box.checked = all.checked;
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  });

  // A colour picker beside a text field: each follows the other.
  for (const picker of document.querySelectorAll("[data-mirrors]")) {
    const field = document.getElementById(picker.dataset.mirrors);
    picker.addEventListener("input", () => { field.value = picker.value; });
    field.addEventListener("input", () => {
      if (/^#[0-9a-f]{6}$/i.test(field.value)) picker.value = field.value;
    });
  }

  // A field above a long list of choices: only those that hold its words are shown, and ticked ones.
  for (const finder of document.querySelectorAll("[data-finder-of]")) {
    const choices = [...document.getElementById(finder.dataset.finderOf).querySelectorAll("label")];
    finder.hidden = false;
    finder.addEventListener("input", (event) => {
      const wanted = event.target.value.trim().toLowerCase();
      for (const choice of choices) {
        choice.hidden = !choice.textContent.toLowerCase().includes(wanted) && !choice.querySelector(":checked");
      }
    });
    finder.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  }

  // Setting up: the browser knows in which time zone its person is.
  for (const field of document.querySelectorAll("[data-time-zone]")) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if ([...field.options].some((option) => option.value === zone)) field.value = zone;
  }

  // The preview shows the draft as it was last saved, and is as tall as what it shows.
  const preview = document.getElementById("preview");
  document.addEventListener("draft-saved", () => {
    if (preview) preview.contentWindow.location.replace(preview.src);
  });
  addEventListener("message", (event) => {
    if (!preview || event.source !== preview.contentWindow || event.origin !== location.origin) return;
    const height = event.data.sayso && event.data.sayso.height;
    if (Number.isFinite(height)) preview.style.height = `${Math.min(Math.max(height, 80), 900) + 2}px`;
  });

  // The draft: htmx saves it while somebody types; what follows keeps what they leave unsaved.
  const draft = document.getElementById("draft");
  if (!draft) return;
  const isAddition = (name) => name.startsWith("add");
  const words = () => JSON.stringify([...new FormData(draft)].filter(
    ([name, value]) => typeof value === "string" && !isAddition(name)));
  const additions = () => [...draft.elements].filter((field) => isAddition(field.name) && field.value);
  const hasFile = () => [...draft.querySelectorAll("[type=file]")].some((field) => field.files.length);

  let kept = draft.dataset.unsaved === "refused" ? "" : words();
  let sent = "";
  let refused = "";
  let leaving = false;
  const isUnsaved = () => words() !== kept || additions().length > 0 || hasFile();

  draft.addEventListener("htmx:before:request", () => { sent = words(); });
  draft.addEventListener("draft-saved", () => { kept = sent; refused = ""; });
  draft.addEventListener("submit", () => { leaving = true; });

  // Saves everything, half-typed additions too; whether it could.
  const saveAll = () => new Promise((resolve) => {
    const mark = document.createElement("input");
    mark.type = "hidden";
    mark.name = "leaving";
    mark.value = "1";
    draft.append(mark);
    // A save that was under way is given up for this one, and ends first.
    let ours = null;
    const begun = (event) => { ours = event.detail.ctx; };
    const ended = (event) => {
      if (event.detail.ctx !== ours) return;
      mark.remove();
      draft.removeEventListener("htmx:before:request", begun);
      draft.removeEventListener("htmx:finally:request", ended);
      const saved = kept === sent && ours.response?.raw?.ok === true;
      if (saved) for (const field of additions()) field.value = "";
      else refused = words();
      resolve(saved);
    };
    draft.addEventListener("htmx:before:request", begun);
    draft.addEventListener("htmx:finally:request", ended);
    draft.dispatchEvent(new Event("keep"));
  });

  // Going elsewhere waits until the draft is kept. Where it cannot be, the page stays and says why;
  // asking again leads away, past the browser's own warning.
  const first = async (event, go) => {
    if (leaving || !isUnsaved() || refused === words()) return;
    event.preventDefault();
    if (await saveAll()) go();
    else document.querySelector("[aria-invalid=true], .problem:not(:empty)")?.scrollIntoView({ block: "center" });
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const elsewhere = event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (!link || link.target || elsewhere || event.defaultPrevented) return;
    first(event, () => { leaving = true; location.assign(link.href); });
  });
  document.addEventListener("submit", (event) => {
    if (event.target === draft || event.defaultPrevented) return;
    first(event, () => { leaving = true; event.target.requestSubmit(event.submitter); });
  });
  addEventListener("beforeunload", (event) => {
    if (!leaving && isUnsaved() && (refused || hasFile())) event.preventDefault();
  });
  // Closing the page or going back leaves no time to wait.
  addEventListener("pagehide", () => {
    if (leaving || !isUnsaved() || refused || hasFile()) return;
    const body = new FormData(draft);
    body.append("leaving", "1");
    fetch(draft.action, { method: "POST", body, keepalive: true, headers: { "HX-Request": "true" } }).catch(() => {});
  });
  addEventListener("pageshow", () => { leaving = false; });
})();
