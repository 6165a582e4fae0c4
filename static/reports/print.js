// Printing is the browser's; the button is there for who does not know its key.
const button = document.querySelector("[data-print]");
button.hidden = false;
button.addEventListener("click", () => window.print());
