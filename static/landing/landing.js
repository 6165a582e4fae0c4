// Who came from a mail has clicked once already. When they touch this page and go without pressing
// its button, what is chosen here may still count, later and if nothing looks like a machine's.
// Scrolling and moving a pointer prove nothing, and events made by scripts less.
(() => {
  "use strict";

  const main = document.querySelector("main[data-gesture]");
  const step = document.getElementById("step");
  if (!main || !step) return;
  let told = "";
  // One after the other: the last one said is to be the last one heard.
  let sent = Promise.resolve();

  function tell(event) {
    const form = document.getElementById("form");
    const chosen = step.querySelector("input[name=score]:checked");
    if (!event.isTrusted || !chosen || form?.dataset.step !== "score") return;
    if (chosen.value === told) return;
    told = chosen.value;
    const body = new URLSearchParams({
      token: form.elements.namedItem("token").value, step: "score", score: told,
    });
    sent = sent
      .then(() => fetch(main.dataset.gesture, {
        method: "POST", body, keepalive: true, credentials: "omit",
      }))
      .catch(() => { told = ""; }); // The next gesture tries again, and the button is still there.
  }

  for (const type of ["pointerdown", "touchstart"]) {
    document.addEventListener(type, tell, { passive: true });
  }
  // An arrow key chooses another score, after this event and without sending it.
  document.addEventListener("keydown", (event) => { setTimeout(tell, 0, event); });
  step.addEventListener("change", tell);
})();
