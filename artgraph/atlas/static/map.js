// The map: every painting in its place, the names of the clusters, and the links of the one that is looked at.
(function (ag) {
  "use strict";
  const { el } = ag;
  const grid = ag.data.grid;
  if (!grid) return;

  const labels = ag.clusters.filter((c) => c.label >= 0).map((c) => {
    const middle = (of) => c.works.map((i) => of[i]).sort((a, b) => a - b)[c.works.length >> 1];
    const x = middle(grid.column);
    const y = middle(grid.row);
    const away = (i) => Math.hypot(grid.column[i] - x, grid.row[i] - y);
    const at = c.works.reduce((a, b) => (away(b) < away(a) ? b : a)); // a name stands on a work of its cluster
    const name = c.name ? ag.shorten(c.name, 32) : String(c.label);
    return { c, x: grid.column[at] + 0.5, y: grid.row[at] + 0.5, name, more: ag.knownFor(c).map((a) => ag.shorten(a, 24)).join(", ") };
  });

  const NEAR = 40; // from so many pixels a cell on, a name stands beside the pictures, not on them

  // Where a name, so many cells wide, covers the fewest pictures, near the middle of its cluster: above or below one of
  // its cells, from the left edge of this on or up to the right one.
  function spot(wall, label, wide) {
    label.spots = label.spots || new Map();
    if (!label.spots.has(wide)) {
      let best = { cost: Infinity };
      for (const i of label.c.works) {
        const [column, row] = [grid.column[i], grid.row[i]];
        const far = 0.05 * Math.hypot(column - label.x, row - label.y);
        for (const below of [0, 1]) {
          for (const leftward of [0, 1]) {
            const covers = covered(wall, leftward ? column - wide + 1 : column, below ? row + 1 : row - 1, wide);
            if (covers + far < best.cost) best = { cost: covers + far, covers, x: column + leftward, y: row + below, below, leftward };
          }
        }
      }
      label.spots.set(wide, best);
    }
    return label.spots.get(wide);
  }

  function covered({ columns, place }, column, row, wide) {
    let count = 0;
    for (let x = column; x < column + wide; x++) count += x < 0 || x >= columns || place[row * columns + x] >= 0;
    return count; // what lies beside the wall is not to be had: there stand the tools
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
    const near = camera.scale >= NEAR * u;
    const place = (label, w) => {
      const at = near ? spot(wall, label, Math.ceil(w / camera.scale)) : label;
      const p = camera.screen(at.x, at.y);
      const x = near ? p.x - at.leftward * w : p.x - w / 2;
      const y = near ? p.y + (at.below ? 2 : -h - 2) : p.y - h / 2;
      const within = (v, most) => Math.min(Math.max(v, 6), most - 6);
      return { w, x: within(x, camera.width - w), y: within(y, camera.height - h), covers: near ? at.covers : 0 };
    };
    const free = (r, taken) => !taken.some((t) => t.r !== r && r.x < t.r.x + t.r.w + 4 && t.r.x < r.x + r.w + 4 && r.y < t.r.y + h + 4 && t.r.y < r.y + h + 4);
    const shown = [];
    for (const label of labels) {
      const p = camera.screen(label.x, label.y);
      if (p.x < 0 || p.y < 0 || p.x > camera.width || p.y > camera.height) continue;
      const r = place(label, wide(bold, label.name) + 29 * u);
      if (free(r, shown)) shown.push({ label, r });
    }
    for (const one of shown) {
      if (!one.label.more) continue;
      const r = place(one.label, one.r.w + wide(plain, one.label.more) + 9 * u);
      if (r.w < camera.width / 3 && r.covers <= one.r.covers && free(r, shown.filter((t) => t !== one))) [one.r, one.long] = [r, true];
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
