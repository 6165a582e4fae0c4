// Shows the events that a host page hears from the surveys on it.
for (const type of ["ready", "resize", "answer", "done"]) {
  document.addEventListener(`sayso:${type}`, (event) => {
    const line = document.createElement("li");
    line.textContent = `sayso:${type} ${JSON.stringify(event.detail)}`;
    const log = document.getElementById("log");
    log.append(line);
    log.scrollTop = log.scrollHeight;
  });
}
