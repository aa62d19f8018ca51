// A selection as a table for Excel: UTF-8 with its mark, and nothing in it that a spreadsheet would calculate.
(function (ag) {
  "use strict";
  const { el } = ag;
  const NUMBER = /^[+-]?(\d+([.,]\d+)?|\.\d+)$/;
  const FORMULA = /^[=+\-@＝＋－＠]/;

  function cell(value) {
    if (value === null || value === undefined) return "";
    let text = String(value).replace(/[\t\n\r\v\f\u0085\u2028\u2029]/g, " ");
    text = ag.whole(text).replace(/[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, "");
    const start = text.trimStart();
    if (FORMULA.test(start) && !NUMBER.test(start.trim())) text = "'" + text;
    return /[",;'\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
  }

  // The catalogue's columns and the clusters; what was measured on the files (hashes, sizes) is left out.
  ag.csv = function (rows) {
    const kept = ag.columns.filter((c) => c !== "id" && !ag.data.small.includes(c));
    const others = ag.groupings().filter((g) => !g.key.startsWith("column:"));
    const own = ag.batches().length ? ["added", "new", "fits_nothing"] : [];
    const name = (g, i) => (g.of(i) < 0 ? null : ag.givenName(g.key, g.of(i)));
    const named = others.filter((g) => ag.all.some((i) => name(g, i)));
    const yes = (is) => (is ? "yes" : "no");
    const heads = ["id", ...others.map((g) => (g === others[0] ? "cluster" : `cluster ${g.key}`)), ...named.map((g) => (g === others[0] ? "cluster name" : `cluster name ${g.key}`)), ...own, ...kept.map((c) => (own.includes(c) ? `${c}_2` : c))];
    const lines = rows.map((i) => [
      ag.id(i),
      ...others.map((g) => (g.of(i) < 0 ? null : g.of(i))),
      ...named.map((g) => name(g, i)),
      ...(own.length ? [ag.added(i), yes(ag.isNew(i)), yes(ag.fitsNothing(i))] : []),
      ...kept.map((c) => ag.value(c, i)),
    ]);
    return "\ufeff" + [heads, ...lines].map((line) => line.map(cell).join(",")).join("\r\n") + "\r\n";
  };

  ag.saveButton = function (rows, name, text) {
    const label = text || `Save ${rows.length === 1 ? "this work" : `these ${ag.count(rows.length, "work")}`} as CSV`;
    return el("button", {
      type: "button", class: "save",
      onclick: () => ag.ready(() => ag.csv(rows), (text) => {
        const url = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
        const link = el("a", { href: url, download: `${name.replace(/[^\p{L}\p{N}_-]+/gu, "-").slice(0, 60) || "works"}.csv` });
        link.click();
        setTimeout(() => URL.revokeObjectURL(url), 10_000);
      }),
    }, label);
  };
})(window.artgraph);
