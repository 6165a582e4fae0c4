// Who came from a mail has clicked once already. When they touch this page and go without pressing
// its button, what is chosen here may still count, later and if nothing looks like a machine's.
// Scrolling and moving a pointer prove nothing, and events made by scripts less.
(() => {
  "use strict";

  const main = document.querySelector("main[data-gesture]");
  const step = document.getElementById("step");
  if (!main || !step) return;
  let told = "";

  function tell(event) {
    const form = document.getElementById("form");
    const chosen = step.querySelector("input[name=score]:checked");
    if (!event.isTrusted || !chosen || form?.dataset.step !== "score") return;
    if (chosen.value === told) return;
    told = chosen.value;
    const body = new URLSearchParams({
      token: form.elements.namedItem("token").value, step: "score", score: told,
    });
    fetch(main.dataset.gesture, { method: "POST", body, keepalive: true, credentials: "omit" })
      .catch(() => { told = ""; }); // The next gesture tries again, and the button is still there.
  }

  for (const type of ["pointerdown", "keydown", "touchstart"]) {
    document.addEventListener(type, tell, { passive: true });
  }
  // Arrow keys choose another score without sending it.
  step.addEventListener("change", tell);
})();
