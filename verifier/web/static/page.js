"use strict";
// What only a script can do; every page works without it.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
// After a part of the page was put in, what is wrong in it comes first.
document.addEventListener("htmx:afterSettle", (event) => {
  const summary = event.detail.target.querySelector?.(".summary");
  if (summary) summary.focus();
});
