// The map: every painting in its place, the names of the clusters, and the links of the one that is looked at.
(function (ag) {
  "use strict";
  const { el } = ag;
  const grid = ag.data.grid;
  if (!grid) return;

  const labels = ag.clusters.filter((c) => c.label >= 0).map((c) => {
    const middle = (of) => Int32Array.from(c.works, (i) => of[i]).sort()[c.works.length >> 1];
    const x = middle(grid.column);
    const y = middle(grid.row);
    const away = (i) => Math.hypot(grid.column[i] - x, grid.row[i] - y);
    const at = c.works.reduce((a, b) => (away(b) < away(a) ? b : a)); // a name stands on a work of its cluster
    const given = ag.givenName(ag.data.name, c.label) || c.name;
    const name = given ? ag.shorten(given, 32) : String(c.label);
    return { c, x: grid.column[at] + 0.5, y: grid.row[at] + 0.5, name, more: ag.knownFor(c).map((a) => ag.shorten(a, 24)).join(", ") };
  });

  // Sums of the taken cells above and to the left of each corner: they give the pictures in any rectangle at once.
  let sums = null;
  function pictures({ columns, rows, place }, left, top, right, bottom) {
    const wide = columns + 1;
    if (!sums) {
      sums = new Int32Array(wide * (rows + 1));
      for (let y = 0; y < rows; y++) {
        for (let x = 0, run = 0; x < columns; x++) {
          run += place[y * columns + x] >= 0;
          sums[(y + 1) * wide + x + 1] = sums[y * wide + x + 1] + run;
        }
      }
    }
    const [x0, x1] = [left, right].map((x) => Math.min(Math.max(x, 0), columns));
    const [y0, y1] = [top, bottom].map((y) => Math.min(Math.max(y, 0), rows));
    const beside = (right - left - (x1 - x0)) * (bottom - top); // beside the wall stand the tools: not to be had
    return beside + sums[y1 * wide + x1] - sums[y0 * wide + x1] - sums[y1 * wide + x0] + sums[y0 * wide + x0];
  }

  // Where a name of so many cells covers the fewest pictures, near the middle of its cluster: above or below one of its
  // cells, from the left edge of this on or up to the right one. The best places first.
  function spots(wall, label, wide, tall) {
    label.spots = label.spots || new Map();
    const key = wide * 1e4 + tall;
    if (!label.spots.has(key)) {
      const found = [];
      const step = Math.ceil(label.c.works.length / 400);
      for (let k = 0; k < label.c.works.length; k += step) {
        const [column, row] = [grid.column[label.c.works[k]], grid.row[label.c.works[k]]];
        const far = 0.05 * Math.hypot(column - label.x, row - label.y);
        for (const below of [0, 1]) {
          for (const leftward of [0, 1]) {
            const [left, top] = [leftward ? column - wide + 1 : column, below ? row + 1 : row - tall];
            const covers = pictures(wall, left, top, left + wide, top + tall);
            found.push({ cost: covers + far, covers, x: column + leftward, y: row + below, below, leftward });
          }
        }
      }
      label.spots.set(key, found.sort((a, b) => a.cost - b.cost).slice(0, 40));
    }
    return label.spots.get(key);
  }

  // The largest clusters are named first; a name that would cover another waits until the map is nearer. Where there is
  // room beside all names, it also says whom a cluster is known for.
  function names(wall, context) {
    const { camera, colors } = wall;
    const u = colors.unit;
    const h = 23 * u;
    const bold = `600 ${13 * u}px ${colors.sans}`;
    const plain = `400 ${12 * u}px ${colors.sans}`;
    const wide = (font, text) => {
      context.font = font;
      return context.measureText(text).width;
    };
    const within = (v, most) => Math.min(Math.max(v, 6), most - 6);
    const free = (r, taken) => !taken.some((t) => r.x < t.r.x + t.r.w + 4 && t.r.x < r.x + r.w + 4 && r.y < t.r.y + h + 4 && t.r.y < r.y + h + 4);
    const place = (label, w, taken) => {
      const found = spots(wall, label, Math.ceil(w / camera.scale), Math.ceil((h + 2) / camera.scale)).map((at) => {
        const p = camera.screen(at.x, at.y);
        const [x, y] = [p.x - at.leftward * w, p.y + (at.below ? 2 : -h - 2)];
        const r = { w, x: within(x, camera.width - w), y: within(y, camera.height - h), covers: at.covers };
        return { ...r, cost: at.cost + (3 * Math.hypot(r.x - x, r.y - y)) / camera.scale }; // moved into view: over pictures
      }).filter((r) => free(r, taken));
      return found.reduce((a, b) => (a && a.cost <= b.cost ? a : b), undefined);
    };
    const shown = [];
    for (const label of labels) {
      const p = camera.screen(label.x, label.y);
      if (p.x < 0 || p.y < 0 || p.x > camera.width || p.y > camera.height) continue;
      const r = place(label, wide(bold, label.name) + 29 * u, shown);
      if (r) shown.push({ label, r });
    }
    for (const one of shown) {
      if (!one.label.more) continue;
      const r = place(one.label, one.r.w + wide(plain, one.label.more) + 9 * u, shown.filter((t) => t !== one));
      if (r && r.w < camera.width / 3 && r.covers <= one.r.covers) [one.r, one.long] = [r, true];
    }
    context.textAlign = "left";
    context.textBaseline = "middle";
    for (const { label, r, long } of shown) {
      context.fillStyle = colors.ground;
      context.fillRect(r.x, r.y, r.w, h);
      context.fillStyle = label.c.color;
      context.fillRect(r.x + 7 * u, r.y + 6.5 * u, 10 * u, 10 * u);
      context.fillStyle = colors.ink;
      const w = wide(bold, label.name);
      context.fillText(label.name, r.x + 22 * u, r.y + h / 2 + 0.5);
      if (!long) continue;
      context.font = plain;
      context.fillStyle = colors.soft;
      context.fillText(label.more, r.x + 31 * u + w, r.y + h / 2 + 0.5);
    }
  }

  // Similar works by a full line, works by the same artist by a broken one.
  function links({ camera, colors, grid }, context, i) {
    const centre = (k) => camera.screen(grid.column[k] + 0.5, grid.row[k] + 0.5);
    const from = centre(i);
    const ring = camera.scale * 0.5;
    const lines = (rows, dash) => {
      for (const [width, color] of [[4, colors.ground], [1.75, colors.ink]]) {
        context.setLineDash(width === 4 ? [] : dash);
        context.lineWidth = width;
        context.strokeStyle = color;
        context.globalAlpha = width === 4 ? 0.7 : 0.95;
        context.beginPath();
        for (const k of rows) {
          const to = centre(k);
          const d = Math.hypot(to.x - from.x, to.y - from.y);
          if (d < ring * 2.2) continue; // side by side: nothing to draw
          const cut = (ring * 0.9) / d;
          context.moveTo(from.x + (to.x - from.x) * cut, from.y + (to.y - from.y) * cut);
          context.lineTo(to.x - (to.x - from.x) * cut, to.y - (to.y - from.y) * cut);
        }
        context.stroke();
        context.setLineDash(dash);
        context.beginPath();
        for (const k of rows) {
          const to = centre(k);
          context.rect(to.x - ring + 1, to.y - ring + 1, 2 * ring - 2, 2 * ring - 2);
        }
        if (width < 4) context.stroke();
      }
      context.setLineDash([]);
      context.globalAlpha = 1;
    };
    lines(ag.near(i).map((v) => v.row), []);
    lines(ag.sameArtist(i), [5, 4]);
  }

  const legend = el("p", { class: "map-legend", hidden: true, "aria-hidden": "true" },
    el("span", { class: "full" }), "similar", ag.data.artist_links && [el("span", { class: "broken" }), "same artist"]);

  const wall = new ag.Wall(grid, {
    name: "Map of all paintings",
    label: `Map of ${ag.count(ag.n, "painting")}. Arrow keys move it, plus and minus zoom, Enter opens the painting in the middle. ` +
      "The lists that follow hold the same paintings.",
    full: ag.link.map(),
    legend,
    overlay(wall, context) {
      const i = wall.hovered >= 0 ? wall.hovered : wall.selected;
      if (wall.camera.scale < 96 && i < 0) names(wall, context);
      if (i >= 0) links(wall, context, i);
      legend.hidden = i < 0 || !ag.data.neighbors;
    },
    moved(wall) {
      clearTimeout(wall.noted);
      wall.noted = setTimeout(() => {
        // where one has gone to can be sent to a colleague
        const { path, query } = ag.parse(location.hash);
        if (path[0] !== "map") return;
        const { x, y, width, scale } = wall.camera;
        const view = [x, y, width / scale].map((v) => v.toFixed(1)).join(",");
        history.replaceState(null, "", ag.hash(["map"], { ...query, view }));
      }, 400);
    },
  });

  ag.map = wall;

  ag.mapPage = function (query) {
    wall.whole(true);
    ag.sequence = null;
    const found = ag.find(query);
    if (found) wall.choice.clear();
    wall.light(found);
    const at = query.at === undefined ? undefined : ag.row(query.at);
    const view = (query.view || "").split(",").map(Number);
    // after the first frame the wall knows its size
    requestAnimationFrame(() => requestAnimationFrame(() => {
      if (view.length === 3 && view.every(Number.isFinite) && view[2] > 0) {
        wall.camera.goto(view[0], view[1], wall.camera.width / view[2]);
        wall.selected = at === undefined ? -1 : at;
        wall.redraw();
      } else wall.select(at === undefined ? -1 : at);
    }));
    return { node: el("div", { class: "map-page" }, el("h1", { class: "unseen", tabindex: -1 }, "Map"), wall.box), title: "Map" };
  };
})(window.artgraph);
