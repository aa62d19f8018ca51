// The map: every painting in its place, framed in the colour of its cluster, on a field of the same colour.
(function (ag) {
  "use strict";
  const { el } = ag;
  const grid = ag.data.grid;
  const FAR = 13; // below this many device pixels a cell, one picture of the whole map is drawn instead of its parts

  if (!grid) return;
  const [columns, rows] = grid.shape;
  const place = new Int32Array(columns * rows).fill(-1);
  for (let i = 0; i < ag.n; i++) place[grid.row[i] * columns + grid.column[i]] = i;

  const camera = new ag.Camera(columns, rows);
  const canvas = el("canvas", {
    tabindex: 0, role: "application", "aria-roledescription": "map",
    "aria-label": `Map of ${ag.count(ag.n, "painting")}. Arrow keys move it, plus and minus zoom, Enter opens the painting in the middle. ` +
      "The lists that follow hold the same paintings.",
  });
  const context = canvas.getContext("2d", { alpha: false });
  const far = document.createElement("canvas");
  const farCell = Math.max(4, Math.min(16, Math.floor(4096 / Math.max(columns, rows))));
  let farStale = true;
  let lit = null; // Uint8Array of rows that stand out, or null
  let colors = {};
  let hovered = -1;
  let framing = 0;
  let pixels = 1;

  const tiles = new ag.Tiles(ag.data.sheets, (sheet) => {
    if (sheet) farStale = true;
    redraw();
  });
  const labels = ag.clusters.filter((c) => c.label >= 0).map((c) => {
    const middle = (of) => c.works.map((i) => of[i]).sort((a, b) => a - b)[c.works.length >> 1];
    const x = middle(grid.column);
    const y = middle(grid.row);
    const away = (i) => Math.hypot(grid.column[i] - x, grid.row[i] - y);
    const at = c.works.reduce((a, b) => (away(b) < away(a) ? b : a)); // a name stands on a work of its cluster
    return { c, x: grid.column[at] + 0.5, y: grid.row[at] + 0.5, name: c.name ? ag.shorten(c.name, 32) : String(c.label) };
  });

  const hint = el("p", { class: "map-hint", "aria-hidden": "true" });
  const card = el("div", { class: "map-card", "aria-hidden": "true", hidden: true });
  const button = (text, label, call) => el("button", { type: "button", "aria-label": label, title: label, onclick: call }, text);
  const act = (call) => () => {
    call();
    awake = true;
    redraw();
  };
  const box = el("section", { class: "map", "aria-label": "Map of all paintings" }, canvas, card, hint,
    el("div", { class: "map-tools" },
      button("+", "Zoom in", act(() => camera.zoom(1.6))),
      button("−", "Zoom out", act(() => camera.zoom(1 / 1.6))),
      button("○", "See the whole map", act(() => camera.fit())),
      el("a", { href: ag.link.map(), class: "map-full", "aria-label": "Map on the full window", title: "Map on the full window" }, "⤢"),
    ));
  let awake = false;
  canvas.addEventListener("pointerdown", () => (awake = true));
  canvas.addEventListener("focus", () => (awake = awake || canvas.matches(":focus-visible")));
  document.addEventListener("pointerdown", (e) => box.contains(e.target) || (awake = false));

  ag.hands(canvas, camera, {
    changed: () => {
      hint.classList.remove("shown");
      redraw();
    },
    hover,
    pick(px, py) {
      const i = under(px, py);
      if (i >= 0) ag.open(i, null);
    },
    refused() {
      hint.textContent = "Click the map, then scroll to zoom";
      hint.classList.add("shown");
      clearTimeout(hint.timer);
      hint.timer = setTimeout(() => hint.classList.remove("shown"), 1600);
    },
  }, () => awake || box.classList.contains("whole"));

  function under(px, py) {
    const w = camera.world(px, py);
    const cx = Math.floor(w.x);
    const cy = Math.floor(w.y);
    return cx < 0 || cy < 0 || cx >= columns || cy >= rows ? -1 : place[cy * columns + cx];
  }

  function hover(px, py) {
    const i = px === null ? -1 : under(px, py);
    if (i !== hovered) {
      hovered = i;
      canvas.classList.toggle("over", i >= 0);
      card.hidden = i < 0;
      if (i >= 0) {
        const c = ag.clusterOf(i);
        card.replaceChildren(
          camera.scale < 130 ? ag.picture(i, { eager: true }) : "",
          el("p", null,
            ag.words("span", ag.shorten(ag.artist(i), 60), { class: "who" }),
            ag.words("span", ag.shorten(ag.title(i), 90), { class: "what" }),
            ag.value("date", i) ? ag.words("span", ag.shorten(ag.value("date", i), 30), { class: "note" }) : "",
            el("span", { class: "note" }, ag.chip(c), ag.clusterName(c))));
        card.style.setProperty("--shape", Math.min(Math.max(ag.aspect(i), 0.4), 2.5));
      }
      redraw();
    }
    if (i >= 0) {
      const left = px > camera.width / 2;
      const top = py > camera.height / 2;
      card.style.setProperty("left", left ? "auto" : `${px + 22}px`);
      card.style.setProperty("right", left ? `${camera.width - px + 22}px` : "auto");
      card.style.setProperty("top", top ? "auto" : `${py + 14}px`);
      card.style.setProperty("bottom", top ? `${camera.height - py + 14}px` : "auto");
    }
  }

  function redraw() {
    if (!framing) framing = requestAnimationFrame(draw);
  }

  function cell(target, i, x, y, w, h, scale) {
    const dim = lit && !lit[i];
    const c = ag.clusterOf(i);
    target.globalAlpha = dim ? 0.05 : colors.field;
    target.fillStyle = c.color;
    target.fillRect(x, y, w, h);
    const side = Math.min(w, h) * 0.82;
    const a = ag.aspect(i);
    const pw = a >= 1 ? side : side * a;
    const ph = a >= 1 ? side / a : side;
    const px = x + (w - pw) / 2;
    const py = y + (h - ph) / 2;
    const frame = Math.max(0.75, Math.min(side * 0.045, 5));
    target.globalAlpha = dim ? 0.1 : colors.frame;
    target.fillRect(px - frame, py - frame, pw + 2 * frame, ph + 2 * frame);
    target.globalAlpha = dim ? 0.16 : 1;
    if (!tiles.draw(target, i, px, py, pw, ph, scale)) {
      const card = !ag.tint(i) && Math.min(pw, ph) > 44 * colors.unit;
      target.fillStyle = ag.tint(i) || (card ? colors.ground : c.color);
      target.fillRect(px, py, pw, ph);
      if (card && !dim) words(target, i, px, py, pw, ph);
    }
    target.globalAlpha = 1;
  }

  // A painting without a picture carries its title.
  function words(target, i, x, y, w, h) {
    const u = colors.unit;
    target.fillStyle = colors.ink;
    target.font = `${11 * u}px ${colors.sans}`;
    target.textAlign = "left";
    target.textBaseline = "top";
    target.save();
    target.beginPath();
    target.rect(x, y, w, h);
    target.clip();
    target.fillText(ag.shorten(ag.artist(i), 60), x + 5 * u, y + 6 * u);
    target.fillText(ag.shorten(ag.title(i), 60), x + 5 * u, y + 21 * u);
    target.restore();
  }

  function drawFar() {
    far.width = columns * farCell;
    far.height = rows * farCell;
    const target = far.getContext("2d");
    target.imageSmoothingQuality = "high";
    for (let i = 0; i < ag.n; i++) {
      cell(target, i, grid.column[i] * farCell, grid.row[i] * farCell, farCell, farCell, 0);
    }
    farStale = false;
  }

  function draw() {
    framing = 0;
    if (!box.isConnected || !camera.width) return;
    context.setTransform(pixels, 0, 0, pixels, 0, 0);
    context.globalAlpha = 1;
    context.fillStyle = colors.wall;
    context.fillRect(0, 0, camera.width, camera.height);
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "high";
    const s = camera.scale;
    const origin = camera.screen(0, 0);
    if (s * pixels < FAR) {
      if (farStale) drawFar();
      context.drawImage(far, origin.x, origin.y, columns * s, rows * s);
    } else {
      const a = camera.world(0, 0);
      const b = camera.world(camera.width, camera.height);
      const snap = (v) => Math.round(v * pixels) / pixels; // whole pixels: no seams between fields
      for (let cy = Math.max(0, Math.floor(a.y)); cy <= Math.min(rows - 1, Math.floor(b.y)); cy++) {
        const y = snap(origin.y + cy * s);
        const h = snap(origin.y + (cy + 1) * s) - y;
        for (let cx = Math.max(0, Math.floor(a.x)); cx <= Math.min(columns - 1, Math.floor(b.x)); cx++) {
          const i = place[cy * columns + cx];
          if (i < 0) continue;
          const x = snap(origin.x + cx * s);
          cell(context, i, x, y, snap(origin.x + (cx + 1) * s) - x, h, pixels);
        }
      }
    }
    if (s < 96) drawLabels();
    if (hovered >= 0) outline(hovered);
    if (canvas.matches(":focus-visible")) {
      const i = under(camera.width / 2, camera.height / 2);
      if (i >= 0) outline(i);
    }
  }

  function outline(i) {
    const p = camera.screen(grid.column[i], grid.row[i]);
    const s = camera.scale;
    context.lineWidth = Math.max(2, s * 0.04);
    context.strokeStyle = colors.ink;
    context.strokeRect(p.x, p.y, s, s);
  }

  // The largest clusters are named first; a name that would cover another waits until the map is nearer.
  function drawLabels() {
    const taken = [];
    const u = colors.unit;
    context.font = `600 ${13 * u}px ${colors.sans}`;
    context.textAlign = "left";
    context.textBaseline = "middle";
    for (const { c, x, y, name } of labels) {
      const p = camera.screen(x, y);
      if (p.x < 0 || p.y < 0 || p.x > camera.width || p.y > camera.height) continue;
      const w = context.measureText(name).width + 29 * u;
      const h = 23 * u;
      const r = { x: Math.min(Math.max(p.x - w / 2, 6), camera.width - w - 6), y: Math.min(Math.max(p.y - h / 2, 6), camera.height - h - 6) };
      if (taken.some((t) => r.x < t.x + t.w + 4 && t.x < r.x + w + 4 && r.y < t.y + h + 4 && t.y < r.y + h + 4)) continue;
      taken.push({ ...r, w });
      context.fillStyle = colors.ground;
      context.fillRect(r.x, r.y, w, h);
      context.fillStyle = c.color;
      context.fillRect(r.x + 7 * u, r.y + 6.5 * u, 10 * u, 10 * u);
      context.fillStyle = colors.ink;
      context.fillText(name, r.x + 22 * u, r.y + h / 2 + 0.5);
    }
  }

  function dress() {
    const style = getComputedStyle(box);
    const get = (name) => style.getPropertyValue(name).trim();
    colors = {
      wall: get("--wall"), ground: get("--ground"), ink: get("--ink"), sans: get("--sans"),
      unit: parseFloat(getComputedStyle(document.documentElement).fontSize) / 16,
      field: parseFloat(get("--field")), frame: parseFloat(get("--frame")),
    };
    farStale = true;
    redraw();
  }

  new ResizeObserver(() => {
    const { clientWidth: w, clientHeight: h } = canvas.parentElement;
    if (!w || !h) return;
    pixels = Math.min(window.devicePixelRatio || 1, 2);
    canvas.width = Math.round(w * pixels);
    canvas.height = Math.round(h * pixels);
    camera.resize(w, h);
    dress();
    draw();
  }).observe(box);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", dress);
  canvas.addEventListener("focus", redraw);
  canvas.addEventListener("blur", redraw);

  ag.map = {
    box,
    // Shows the map on the full window, or as part of a page.
    whole(on) {
      box.classList.toggle("whole", on);
      hover(null);
    },
    // Dims all but these rows; null lights everything.
    light(some) {
      lit = some ? new Uint8Array(ag.n) : null;
      for (const i of some || []) lit[i] = 1;
      farStale = true;
      redraw();
    },
  };
})(window.artgraph);
