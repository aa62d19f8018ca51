// When the works were added: batches, which works are new to the partition, which fit nothing in it yet. Of a collection
// that came on one day there is nothing to say.
(function (ag) {
  "use strict";
  const { el } = ag;
  const data = ag.data.added;
  const fresh = new Set(data ? data.new : []);
  const apart = new Set(data && data.apart ? data.apart.rows : []);

  ag.dayOf = (batch) => data.days[batch] || (batch ? `batch ${batch}, on an unknown day` : "an unknown day");
  // The day on which a work was added; null where all came at once
  ag.added = (i) => (data ? data.days[data.batch[i]] : null);
  ag.isNew = (i) => fresh.has(i);
  ag.fitsNothing = (i) => apart.has(i);
  ag.newWorks = data ? data.new : [];
  // The first batch of the works that are new: a condition on it finds these works, and no others.
  ag.firstNew = ag.newWorks.length ? ag.newWorks.reduce((least, i) => Math.min(least, data.batch[i]), Infinity) : null;

  // Later batches, each with the works that were added with it or after it: [{batch, day, works}]
  let batches = null;
  ag.batches = function () {
    if (batches) return batches;
    const numbers = data ? [...new Set(data.batch)].filter((b) => b > 0).sort((a, b) => a - b) : [];
    const twice = (b) => numbers.some((other) => other !== b && data.days[other] === data.days[b]) || data.days[0] === data.days[b];
    batches = numbers.map((batch) => ({
      batch,
      day: data.days[batch] && twice(batch) ? `${data.days[batch]}, batch ${batch}` : ag.dayOf(batch),
      works: ag.all.filter((i) => data.batch[i] >= batch),
    }));
    return batches;
  };
  ag.addedSince = (batch) => (i) => data.batch[i] >= batch;

  ag.sinceWords = () => (data.days[ag.firstNew] ? ` since ${data.days[ag.firstNew]}` : " since the last fresh run");
  ag.newLink = (query) => ag.link.front({ ...query, since: String(ag.firstNew) });

  ag.newWords = (rows) => ag.count(rows.length, "work") + " added" + ag.sinceWords();
  const strange = (rows) => {
    const alone = rows.filter(ag.fitsNothing).length;
    return alone > 0 && `${ag.number(alone)} ${alone === 1 ? "fits" : "fit"} nothing yet`;
  };
  // "18 works added since 2026-09-14; 2 fit nothing yet."
  ag.newSentence = () => ag.newWorks.length > 0 &&
    [el("a", { href: ag.newLink() }, ag.newWords(ag.newWorks)), strange(ag.newWorks) && `; ${strange(ag.newWorks)}`, ". "];

  // What the marks on a wall mean on which these rows hang.
  ag.newLegend = function (hung) {
    const rows = hung.filter(ag.isNew);
    return rows.length > 0 && el("p", { class: "new-legend", "aria-hidden": "true" },
      el("span", null, el("span", { class: "new-mark" }), ag.newWords(rows)),
      strange(rows) && el("span", null, el("span", { class: "new-mark apart" }), strange(rows)));
  };

  // Of a new work, in a few words.
  ag.newNote = (i) => (ag.added(i) ? `added on ${ag.added(i)}` : "added since the last fresh run") + (ag.fitsNothing(i) ? ", fits nothing yet" : "");

  // The mark on a picture in a list.
  ag.newMark = (i) => ag.isNew(i) && el("span", { class: ag.fitsNothing(i) ? "new-mark apart" : "new-mark", title: ag.newNote(i) },
    el("span", { class: "unseen" }, "new"));

  // The marks on a wall, in the upper corner of their cells: a dot, or a ring where a work fits nothing yet. Ink within
  // ground, so that it is seen on any picture, and never smaller than what an eye can make out.
  ag.drawNewMarks = function ({ camera, colors, column, row, lit }, context) {
    const s = camera.scale;
    const r = Math.min(Math.max(2.25 * colors.unit, s * 0.085), 6 * colors.unit);
    const edge = Math.max(1, r * 0.36);
    const inset = Math.max(s * 0.5 - 1.5 * r - edge, 0); // from the middle of the cell; in tiny cells it stands there
    for (const i of ag.newWorks) {
      if (column[i] < 0) continue;
      const p = camera.screen(column[i] + 0.5, row[i] + 0.5);
      if (p.x < -s || p.y < -s || p.x > camera.width + s || p.y > camera.height + s) continue;
      const disc = (radius, color) => {
        context.beginPath();
        context.arc(p.x + inset, p.y - inset, radius, 0, 2 * Math.PI);
        context.fillStyle = color;
        context.fill();
      };
      context.globalAlpha = lit && !lit[i] ? 0.2 : 1;
      disc(r + edge, colors.ground);
      disc(r, colors.ink);
      if (ag.fitsNothing(i)) disc(r * 0.5, colors.ground);
    }
    context.globalAlpha = 1;
  };

  // What is said of one work.
  ag.addedSentences = function (i) {
    if (!data) return null;
    const day = ag.added(i);
    return [
      day && el("p", { class: "added quiet" }, `Added on ${day}`, ag.isNew(i) && ", after the clusters were found"),
      !day && ag.isNew(i) && el("p", { class: "added quiet" }, "Added after the clusters were found"),
      ag.fitsNothing(i) && el("p", { class: "apart-note" }, `Fits nothing yet: farther from everything than ${Math.round(100 * data.apart.share)} % of the collection’s own works are.`),
    ];
  };
})(window.artgraph);
