// Conditions in groups: the answer to a press never takes back what somebody has changed since.
// The server draws the whole box anew from the form as it was sent; this puts into that drawing
// what is newer, before it is shown, and asks again for what follows from it.
(() => {
  "use strict";

  // Its elements are named by place (`value.0.1`), its buttons by what they do and where (`remove:0.1`).
  const box = (element) => element?.closest?.("[data-conditions]");
  const fieldsOf = (part) => part.querySelectorAll("select[name], input[name]");
  const isPress = (ctx) => !String(ctx.request.body.get("change")).startsWith("look:");

  // Where a condition is after another was removed; null for the removed one and all within it.
  const moved = (path, removed) => {
    if (removed === null) return path;
    const at = removed.split(".");
    const places = path.split(".");
    const last = at.length - 1;
    if (places.length < at.length || at.slice(0, last).some((place, depth) => place !== places[depth])) return path;
    if (places[last] === at[last]) return null;
    if (Number(places[last]) > Number(at[last])) places[last] = String(places[last] - 1);
    return places.join(".");
  };
  const movedName = (name, mark, removed) => {
    const [what, ...rest] = name.split(mark);
    const path = moved(rest.join(mark), removed);
    return path === null ? null : [what, ...(rest.length ? [path] : [])].join(mark);
  };
  const removedBy = (ctx) => {
    const [verb, path] = ctx.request.body.get("change").split(":");
    return verb === "remove" ? path : null;
  };

  const holds = (field, value) => field.tagName !== "SELECT" || [...field.options].some((option) => option.value === value);
  // A press that is under way, presses that came meanwhile, and fields that are newer than the answer.
  let press = null;
  let waiting = [];
  let newer = [];

  // Whatever is changed later sends the form anew and replaces what is under way (hx-sync), but
  // not a press: nothing else knows of that, so that what comes meanwhile waits for its answer.
  document.addEventListener("htmx:config:request", (event) => {
    const { ctx } = event.detail;
    if (!box(ctx.sourceElement) || !ctx.request.body.get("change")) return;
    if (press) {
      event.preventDefault();
      if (isPress(ctx)) waiting.push(ctx.request.body.get("change"));
      else newer.push(ctx.sourceElement.name);
    } else if (isPress(ctx)) press = ctx;
  });

  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx, tasks } = event.detail;
    const drawn = tasks.find((task) => task.type === "main");
    if (!drawn || !ctx.target?.matches?.("[data-conditions]")) return;
    const removed = removedBy(ctx);
    newer = [];
    for (const field of fieldsOf(ctx.target)) {
      if (field.value === ctx.request.body.get(field.name)) continue;
      const name = movedName(field.name, ".", removed);
      const now = name && drawn.fragment.querySelector(`[name="${CSS.escape(name)}"]`);
      if (!now || !holds(now, field.value)) continue;
      now.value = field.value;
      newer.push(name);
    }
    waiting = waiting.map((change) => movedName(change, ":", removed)).filter(Boolean);
  });

  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    if (ctx === press) press = null;
    if (press || !ctx.target?.matches?.("[data-conditions]")) return;
    const [names, changes] = [newer, waiting];
    [newer, waiting] = [[], []];
    const here = document.getElementById(ctx.target.id);
    for (const name of names) {
      const field = here?.querySelector(`[name="${CSS.escape(name)}"]`);
      const isTyped = field?.matches("input:not([type=date])");
      field?.dispatchEvent(new Event(isTyped ? "input" : "change", { bubbles: true }));
    }
    for (const change of changes) here?.querySelector(`button[value="${CSS.escape(change)}"]`)?.click();
  });
})();
