// Lists that people put in order, by dragging a row's handle or by keyboard on it. The order is that
// of the hidden fields in the rows; the form that holds them saves it. Without this file the rows'
// buttons move them.
(() => {
  "use strict";

  const news = document.getElementById("sorting-news");
  const help = document.getElementById("sorting-help");
  if (!news || !help) return;
  help.hidden = false;

  for (const list of document.querySelectorAll("[data-sortable]")) {
    const rows = () => [...list.children];
    let lifted = null;
    let before = [];

    const say = (what, row) => {
      const field = row.querySelector(".field input");
      const facts = {
        area: field.value || field.placeholder,
        place: rows().indexOf(row) + 1,
        count: rows().length,
      };
      news.textContent = news.dataset[what].replace(/\{(\w+)\}/g, (_all, name) => facts[name]);
    };

    // What the rows say of their places.
    const renumber = () => rows().forEach((row, place, all) => {
      const label = row.querySelector("label");
      label.textContent = label.textContent.replace(/\d+/, place + 1);
      row.querySelector("[value$='.up']").disabled = place === 0;
      row.querySelector("[value$='.down']").disabled = place === all.length - 1;
    });

    const mark = (row, on) => {
      row.classList.toggle("lifted", on);
      row.querySelector(".handle").ariaPressed = String(on);
      lifted = on ? row : null;
    };

    const lift = (row) => {
      before = rows();
      mark(row, true);
    };

    const drop = () => {
      const row = lifted;
      if (!row) return;
      mark(row, false);
      if (rows().every((one, place) => one === before[place])) return;
      renumber();
      say("dropped", row);
      list.dispatchEvent(new Event("input", { bubbles: true }));
    };

    const cancel = () => {
      const row = lifted;
      mark(row, false);
      list.append(...before);
      row.querySelector(".handle").focus();
      say("cancelled", row);
    };

    // The row stays where it is in the document and its neighbours go around it: whatever is moved
    // loses the focus and the pointer.
    const step = (row, up) => {
      const other = up ? row.previousElementSibling : row.nextElementSibling;
      if (other) up ? row.after(other) : row.before(other);
      return Boolean(other);
    };

    const middle = (row) => {
      const box = row.getBoundingClientRect();
      return box.top + box.height / 2;
    };

    for (const row of rows()) {
      const handle = row.querySelector(".handle");
      handle.hidden = false;

      handle.addEventListener("pointerdown", (event) => {
        if (event.button !== 0) return;
        drop();
        handle.setPointerCapture(event.pointerId);
        lift(row);
      });
      handle.addEventListener("pointermove", (event) => {
        if (lifted !== row || !handle.hasPointerCapture(event.pointerId)) return;
        const y = event.clientY;
        while (row.previousElementSibling && y < middle(row.previousElementSibling)) step(row, true);
        while (row.nextElementSibling && y > middle(row.nextElementSibling)) step(row, false);
        row.scrollIntoView({ block: "nearest" });
      });
      handle.addEventListener("lostpointercapture", drop);

      // A key or a screen reader presses the handle; a pointer's click has a count.
      handle.addEventListener("click", (event) => {
        if (event.detail !== 0) return;
        if (lifted === row) {
          const stays = rows().every((one, place) => one === before[place]);
          drop();
          if (stays) say("dropped", row);
        } else {
          drop();
          lift(row);
          say("lifted", row);
        }
      });
      handle.addEventListener("keydown", (event) => {
        if (lifted !== row) return;
        const { key } = event;
        if (key === "Escape") return cancel();
        if (!["ArrowUp", "ArrowDown", "Home", "End"].includes(key)) return;
        event.preventDefault();
        const up = key === "ArrowUp" || key === "Home";
        const far = key === "Home" || key === "End";
        while (step(row, up) && far);
        row.scrollIntoView({ block: "nearest" });
        say("moved", row);
      });
      handle.addEventListener("blur", drop);
    }
  }
})();
