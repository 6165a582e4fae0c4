/* <sayso-testimonials data-survey="PUBLIC_ID" data-limit="3">: what customers said, in a frame of ours.
 * A script of its own, so that pages without testimonials load none of it. It keeps to what the strictest
 * page allows, as loader.js does: styles are set through CSSOM, and nothing is evaluated. */
(() => {
  const home = new URL(document.currentScript.src).origin;
  const tag = "sayso-testimonials";
  if (customElements.get(tag)) return;
  const listen = (verb, heard) => window[verb + "EventListener"]("message", heard);

  customElements.define(tag, class extends HTMLElement {
    static observedAttributes = ["data-survey", "data-limit", "data-theme", "data-lang", "data-title"];

    connectedCallback() {
      this.disconnectedCallback();
      const { survey, limit = 3, lang = "", title = "What customers say" } = this.dataset;
      if (!survey) return;
      // Light text means a dark page. The frame and its element get the same scheme: where they
      // differ, browsers paint an opaque ground behind the frame.
      const [first] = getComputedStyle(this).color.match(/[\d.]+/);
      const theme = this.dataset.theme || (first > 140 ? "dark" : "light");
      const frame = document.createElement("iframe");
      const query = new URLSearchParams({ limit, theme, lang, origin: location.origin });
      Object.assign(frame, { title, loading: "lazy", src: `${home}/t/testimonials/${survey}?${query}` });
      frame.style.cssText = `all:revert;color-scheme:${theme};display:block;width:100%;border:0;height:200px`;
      // Only our own frame is heard: its window and its origin both have to fit.
      this.heard = (event) => {
        const said = event.data?.sayso;
        if (event.source !== frame.contentWindow || event.origin !== home || !said) return;
        // No testimonials, no height, and no empty frame for a screen reader to enter.
        if (Number.isFinite(said.height)) {
          frame.style.height = `${Math.min(6000, Math.max(0, said.height))}px`;
          frame.style.display = said.height < 1 ? "none" : "block";
        }
        if (said.type === "error") console.warn("Sayso: " + said.message);
      };
      listen("add", this.heard);
      this.append(frame);
    }

    disconnectedCallback() {
      if (this.heard) listen("remove", this.heard);
      this.textContent = "";
    }

    attributeChangedCallback(name, before, now) {
      if (before !== now && this.isConnected) this.connectedCallback();
    }
  });
})();
