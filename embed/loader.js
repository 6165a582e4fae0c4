/* The loader: what a site owner pastes. It makes <sayso-survey> elements work and knows nothing but
 * URLs and messages; embed/README.md describes both. embed/build.py freezes each build of this file,
 * shortens its local names, and says what that asks of the way it is written.
 *
 * It stays small (2,048 bytes gzipped) and keeps to what the strictest page allows: no <style>, no
 * style attribute in markup, no eval, no innerHTML, no cookie. Styles are set through CSSOM, which a
 * Content-Security-Policy does not restrict. */
(() => {
  const doc = document;
  const script = doc.currentScript;
  const home = new URL(script.src).origin;
  const tag = "sayso-survey";

  // A page may load this file many times; only the first defines the element and keeps its state.
  if (!customElements.get(tag)) {
    const live = new Set(); // what mount() returned, for every widget on the page
    let store = {}; // serves where storage is forbidden
    try { store = localStorage || store; } catch {}

    // "all:revert" undoes whatever the page's own CSS says about plain iframes and buttons.
    const make = (parent, kind, css, properties) => {
      const node = Object.assign(doc.createElement(kind), properties);
      node.style.cssText = "all:revert;" + css;
      parent.append(node);
      return node;
    };

    const mount = (el, id) => {
      const data = el.dataset;
      const display = data.display;
      const popup = /^[pbs]/.test(display); // popover, button or slide-in
      const title = data.title || "Feedback";
      const label = data.label || "Feedback";
      const key = "sayso:" + id;
      let depth = data.openScroll;
      let launcher = {};
      let frame, heard, finished, panel, shown, opener, silence;

      // Light text means a dark page, also where its theme is only a class. The first number of a
      // computed colour is red in rgb(), lightness in oklch(): near enough for text.
      const color = getComputedStyle(el).color;
      const theme = data.theme || (color.match(/[\d.]+/)[0] > { r: 140, o: .55 }[color[0]] ? "dark" : "light");
      // The frame and its element get the same color-scheme: where they differ, browsers paint an
      // opaque ground behind the frame.
      const scheme = "color-scheme:" + theme;
      const fixed = scheme + ";position:fixed;z-index:99999999;background:Canvas;color:CanvasText;"
        + "border:1px solid #8886;border-radius:22px;box-shadow:0 12px 44px #0003;font:600 15px/44px system-ui;"
        + "inset-inline-" + (data.position || "end") + ":12px;bottom:";

      // Every data-* travels to the frame, but for those that speak to us. Of the page's address its
      // query stays here: it may hold secrets.
      const query = { theme: theme, origin: location.origin, page: location.origin + location.pathname };
      for (const { name: name, value: value } of el.attributes)
        if (/^data-(?!(survey|open-(after|scroll)|height|(close-)?label|title|position)$)/.test(name))
          query[name.slice(5)] = value;
      if ("test" in data) query.test = 1;
      const url = home + "/w/" + id + "?" + new URLSearchParams(query);

      const ask = (parent) => {
        heard = finished = 0;
        frame = make(parent, "iframe", scheme + ";display:block;width:100%;border:0;height:" + (data.height || 200) + "px", {
          title: title,
          loading: "lazy",
          src: url,
          // The page's policy, ours, or the network may keep the frame out. Each looks like a load
          // after which the frame says nothing.
          onload: () => {
            clearTimeout(silence);
            silence = setTimeout(() => {
              if (heard || !frame.isConnected) return;
              frame.remove();
              make(parent, "a", "", { href: url, target: "_blank", rel: "noopener", textContent: label });
            }, 4e3);
          },
        });
      };

      // Automatic openings stay away for 30 days; a person may always open it.
      const rest = () => { try { store[key] = Date.now() } catch {} };
      const auto = () => {
        Date.now() - store[key] < 2592e6 || open();
      };

      const show = (on) => {
        launcher.ariaExpanded = shown = on;
        panel.style.display = on ? "block" : "none";
      };

      // by: what the person used to open it; nothing when a timer or the scroll did, and then the
      // focus stays where it is.
      const open = (by) => {
        if (!frame) ask(panel);
        if (!shown) {
          opener = by;
          show(true);
          if (display == "slide-in" && !matchMedia("(prefers-reduced-motion)").matches)
            panel.animate({ translate: ["0 99%"] }, 250);
        }
        if (by) panel.focus();
      };

      // byCustomer: the customer closed it (1, or the click that did), not the page.
      const close = (byCustomer) => {
        if (!shown) return;
        if (panel.contains(doc.activeElement)) opener?.focus();
        show(false);
        if (byCustomer) rest();
        if (finished) {
          // The thanks have been read: opened again, it asks anew.
          frame.remove();
          frame = 0;
        }
      };

      if (popup) {
        if (display == "button")
          launcher = make(el, "button", fixed + "12px;padding:0 20px",
            { type: "button", textContent: label, onclick: () => shown ? close(1) : open(launcher) });
        panel = make(el, "div", fixed + (display == "button" ? 68 : 12) + "px;width:min(380px,100vw - 26px);max-height:80vh;overflow:auto;text-indent:16px",
          { role: "dialog", ariaLabel: title, tabIndex: -1 });
        make(panel, "button", "float:inline-end;width:44px;height:44px;border:0;background:none;font-size:24px",
          { type: "button", textContent: "×", ariaLabel: data.closeLabel || "Close", onclick: close });
        panel.append(title);
        show(false);
        // Once the widget has left the page, this opens what nobody sees.
        if (data.openAfter) setTimeout(auto, data.openAfter * 1e3);
      } else ask(el);

      return event => {
        const type = event.type;
        if (popup) {
          const by = type == "click" && event.target.closest("[data-sayso-open='" + id + "']");
          if (by) {
            event.preventDefault(); // so it may be a link, which works without us
            open(by);
          }
          if (event.open == id) open(doc.activeElement);
          if (event.close == id) close();
          if (event.key == "Escape") close(1);
          if (type == "scroll" && scrollY + 1 >= (doc.documentElement.scrollHeight - innerHeight) * depth / 100)
            depth = auto(); // once
        }
        // Only our own frame is heard: its window and its origin both have to fit.
        if (event.source == frame?.contentWindow && event.origin == home && event.data?.sayso) {
          const { type: type, ...detail } = event.data.sayso;
          if (/^re/.test(type)) { // ready, resize
            if (!Number.isFinite(detail.height)) return;
            frame.style.height = Math.min(1200, Math.max(80, detail.height)) + "px";
          }
          heard = 1;
          finished ||= type == "done";
          if (/answer|done/.test(type)) rest();
          if (type == "close") close(1);
          if (type == "error") console.warn("Sayso: " + detail.message);
          el.dispatchEvent(new CustomEvent("sayso:" + type, { detail: detail, bubbles: 1, composed: 1 }));
        }
      };
    };

    // One listener of each sort serves every widget; there is none while no widget is mounted.
    const on = (event) => live.forEach((widget) => widget(event));
    const listen = (verb) => ["message", "click", "keydown", "scroll"].forEach((type) => window[verb + "EventListener"](type, on));

    customElements.define(tag, class extends HTMLElement {
      // Frameworks change attributes in place: an answer must not count for the previous ticket. What
      // says nothing to us (a class, the same value again) must not lose a half-written answer.
      constructor() {
        super();
        new MutationObserver(() => this.isConnected && this.connectedCallback()).observe(this, { attributes: 1 });
      }
      connectedCallback() {
        const id = this.dataset.survey || this.getAttribute("survey");
        const data = id + JSON.stringify(this.dataset);
        if (data == this.data) return;
        this.disconnectedCallback();
        this.data = data;
        if (id) {
          if (!live.size) listen("add");
          live.add(this.widget = mount(this, id));
        }
      }
      disconnectedCallback() {
        this.data = this.textContent = ""; // also what a page cache's copy of us brings along
        if (live.delete(this.widget) && !live.size) listen("remove");
      }
    });

    window.sayso = { open: (id) => on({ open: id }), close: (id) => on({ close: id }) };
  }

  // A script with a survey becomes an element, so that both forms are one path from here on. The
  // script gives up its survey, lest a page cache that runs it again ask twice.
  if (script.dataset.survey) {
    const el = doc.createElement(tag);
    Object.assign(el.dataset, script.dataset);
    delete script.dataset.survey;
    // Tag managers put scripts in the head, or take them away again.
    script.closest("body") ? script.after(el) : (doc.body || doc.documentElement).append(el);
  }
})();
