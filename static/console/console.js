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

  // A colour picker beside a text field: each follows the other.
  for (const picker of document.querySelectorAll("[data-mirrors]")) {
    const field = document.getElementById(picker.dataset.mirrors);
    picker.addEventListener("input", () => {
      field.value = picker.value;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
    field.addEventListener("input", () => {
      if (/^#[0-9a-f]{6}$/i.test(field.value)) picker.value = field.value;
    });
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
})();
