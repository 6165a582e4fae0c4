/* The loader: what a site owner pastes. It makes <sayso-survey> elements work and knows nothing but
 * URLs and messages. embed/README.md describes both; embed/build.py freezes each build of this file.
 *
 * It stays small (2,048 bytes gzipped) and keeps to what the strictest page allows: no <style>, no
 * style attribute in markup, no eval, no innerHTML, no cookie. Styles are set through CSSOM, which a
 * Content-Security-Policy does not restrict. */
(() => {
  const doc = document, script = doc.currentScript, TAG = "sayso-survey";

  // The page may load this file many times; only the first defines the element and keeps its state.
  if (!customElements.get(TAG)) {
    const home = script && new URL(script.src).origin,
      live = new Set(), // the mounted widgets
      away = {}, // survey → when it was closed or answered; serves where storage is forbidden
      asked = new Set((window.sayso || {}).q), // sayso.open(id) called on the stub, before we came
      mine = /^data-(survey|host|display|open-after|open-scroll|height|label|title|position|close-label)$/;

    // `all:revert` undoes whatever the page's own CSS says about plain iframes and buttons.
    const make = (tag, parent, css, attributes, text = "") => {
      const node = doc.createElement(tag);
      node.style.cssText = "all:revert;box-sizing:border-box;" + css;
      for (const name in attributes) node.setAttribute(name, attributes[name]);
      node.textContent = text;
      parent.append(node);
      return node;
    };

    const mount = (el) => {
      const data = el.dataset, id = data.survey || el.getAttribute("survey");
      el.textContent = ""; // a copy made by a page cache brings its old iframe along
      if (!id) return;
      const url = new URL("/w/" + encodeURIComponent(id), data.host || home), query = url.searchParams,
        popup = /^(popover|slide-in|button)$/.test(data.display), key = "sayso:" + id,
        title = data.title || "Feedback", label = data.label || "Feedback",
        side = `position:fixed;z-index:2147483000;inset-inline-${data.position == "start" ? "start" : "end"}:12px;`
          + "font:600 15px/1.3 system-ui,sans-serif;border:1px solid #8886;box-shadow:0 6px 28px #0003;";
      let frame, panel, launcher, opener, shown, finished, silence, delay;

      for (const { name, value } of el.attributes)
        if (/^data-/.test(name) && !mine.test(name)) query.set(name.slice(5), value);
      if ("test" in data) query.set("test", 1);
      if (popup) query.set("display", data.display);
      query.set("origin", location.origin);
      query.set("page", location.origin + location.pathname); // never the query: it may hold secrets

      const ask = (parent) => {
        // color-scheme is left to the page unless data-theme says: where the frame's differs from
        // its element's, browsers paint an opaque ground behind it.
        frame = make("iframe", parent, "display:block;width:100%;min-height:0;border:0;height:"
          + (data.height > 0 ? data.height : 200) + "px;color-scheme:" + (data.theme || "inherit"),
        { title: data.title || "Feedback", loading: "lazy", src: url });
        // Pages may forbid our frame, and networks fail; both look like a load without a word from it.
        frame.onload = () => {
          clearTimeout(silence);
          if (frame.ready) return;
          silence = setTimeout(() => {
            make("a", parent, "padding:12px 16px;display:inline-block", { href: url, target: "_blank", rel: "noopener" }, label);
            frame.remove();
          }, 4e3);
        };
      };

      const remember = () => {
        if (popup) try {
          localStorage[key] = away[id] = Date.now();
        } catch {}
      };

      // by: the element (or true) when a person asked for it, nothing when a timer or the scroll did.
      const open = (by) => {
        if (!panel) {
          panel = make("div", el, side + `bottom:${{ button: 68, popover: 12 }[data.display] || 0}px;`
            + `border-radius:${data.display == "slide-in" ? "14px 14px 0 0" : "14px"};`
            + "flex-direction:column;overflow:hidden;width:380px;max-width:calc(100vw - 24px);"
            + "max-height:calc(100vh - 80px);background:Canvas;color:CanvasText;color-scheme:" + (data.theme || "inherit"),
          { role: "dialog", "aria-label": title, tabindex: -1 });
        }
      };
    };
  }
})();
