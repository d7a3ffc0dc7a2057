"use strict";
// Filters of the matrix. Without this script the page shows all of it.
(() => {
  const by = (id) => document.getElementById(id);
  const filters = by("filters");
  if (!filters) return;
  const [text, access, state, stray] = ["text", "access", "state", "stray"].map((one) => by(`filter-${one}`));
  const rows = [...by("matrix-rows").rows].map((row) => ({
    row,
    words: row.textContent.toLowerCase(),
    access: row.dataset.access.split(" "),
    state: row.dataset.state,
    stray: "stray" in row.dataset,
  }));
  const show = () => {
    const wanted = text.value.trim().toLowerCase().split(/\s+/);
    let shown = 0;
    for (const one of rows) {
      const fits =
        wanted.every((word) => one.words.includes(word)) &&
        (!access.value || one.access.includes(access.value)) &&
        (!state.value || one.state === state.value) &&
        (!stray.checked || one.stray);
      one.row.hidden = !fits;
      shown += fits;
    }
    by("filter-count").textContent = `${shown} of ${rows.length} shown`;
  };
  filters.addEventListener("input", show);
  by("filter-clear").addEventListener("click", () => {
    text.value = access.value = state.value = "";
    stray.checked = false;
    show();
    text.focus();
  });
  filters.hidden = false;
  show();
})();
