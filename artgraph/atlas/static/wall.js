// A wall of pictures on a grid, framed in the colours of their clusters, that is looked at through a camera.
(function (ag) {
  "use strict";
  const { el } = ag;
  const FAR = 13; // below this many device pixels a cell, one picture of the whole wall is drawn instead of its parts

  const SLICE = 14; // milliseconds of a frame
  const SMALLEST = 6; // pixels of a cell in that picture; a wall of more cells is drawn as a mosaic

  // grid: {column, row, shape, rows?}; `rows` names the paintings that hang, by default all in their order.
  // options: label (for screen readers), overlay(wall, context), full (link to the wall on the full window), below (px).
  ag.Wall = class {
    constructor(grid, options) {
      this.grid = grid;
      this.options = options;
      [this.columns, this.rows] = grid.shape;
      this.hung = grid.rows || ag.all;
      this.column = new Int32Array(ag.n).fill(-1); // of each painting; -1: it does not hang here
      this.row = new Int32Array(ag.n).fill(-1);
      this.place = new Int32Array(this.columns * this.rows).fill(-1);
      this.hung.forEach((i, k) => {
        this.place[grid.row[k] * this.columns + grid.column[k]] = i;
        this.column[i] = grid.column[k];
        this.row[i] = grid.row[k];
      });
      this.camera = new ag.Camera(this.columns, this.rows, options.below || 0);
      this.camera.busy = new Array(this.columns).fill(0);
      for (const column of grid.column) this.camera.busy[column]++;
      this.canvas = el("canvas", { tabindex: 0, role: "application", "aria-roledescription": "map", "aria-label": options.label });
      this.context = this.canvas.getContext("2d", { alpha: false });
      this.far = document.createElement("canvas");
      this.farCell = Math.min(16, Math.floor(4096 / Math.max(this.columns, this.rows)));
      this.mosaic = this.farCell < SMALLEST ? new ag.Mosaic(this) : null;
      this.farStale = true;
      this.farNext = 0;
      this.lit = null; // Uint8Array of rows that stand out, or null
      this.colors = {};
      this.hovered = -1;
      this.selected = -1;
      this.framing = 0;
      this.pixels = 1;
      this.awake = false;
      ag.tiles.serve((sheet) => {
        if (sheet) this.farNext = 0;
        this.redraw();
      });
      this.build();
      this.choice = new ag.Choice(this);
      this.listen();
    }

    build() {
      const { camera } = this;
      const button = (text, label, call) => el("button", { type: "button", "aria-label": label, title: label, onclick: call }, text);
      const act = (call) => () => {
        call();
        this.awake = true;
        this.redraw();
      };
      this.hint = el("p", { class: "map-hint", "aria-hidden": "true" });
      this.card = el("div", { class: "map-card", "aria-hidden": "true", hidden: true });
      this.box = el("section", { class: "map", "aria-label": this.options.name }, this.canvas, this.card, this.hint,
        el("div", { class: "map-legends" }, this.options.legend, ag.newLegend(this.hung)),
        el("div", { class: "map-tools" },
          button("+", "Zoom in", act(() => camera.zoom(1.6))),
          button("−", "Zoom out", act(() => camera.zoom(1 / 1.6))),
          button("○", "Show everything", act(() => camera.fit())),
          this.options.full && el("a", { href: this.options.full, class: "map-full", "aria-label": "Map in the full window", title: "Map in the full window" }, "⤢")));
    }

    listen() {
      const { canvas, box } = this;
      canvas.addEventListener("pointerdown", () => (this.awake = true));
      canvas.addEventListener("focus", () => {
        this.awake = this.awake || canvas.matches(":focus-visible");
        this.redraw();
      });
      canvas.addEventListener("blur", () => this.redraw());
      document.addEventListener("pointerdown", (e) => box.contains(e.target) || (this.awake = false));
      ag.controls(canvas, this.camera, {
        changed: () => {
          this.hint.classList.remove("shown");
          this.redraw();
          if (this.options.moved) this.options.moved(this);
        },
        hover: (px, py) => this.hover(px, py),
        pick: (px, py) => {
          const i = this.under(px, py);
          if (this.choice.shape) this.choice.toggle(i);
          else if (i >= 0) ag.open(i, null);
        },
        refused: () => {
          this.hint.textContent = "Click the map, then scroll to zoom";
          this.hint.classList.add("shown");
          clearTimeout(this.hint.timer);
          this.hint.timer = setTimeout(() => this.hint.classList.remove("shown"), 1600);
        },
      }, () => this.awake || box.classList.contains("whole"));
      new ResizeObserver(() => {
        const { clientWidth: w, clientHeight: h } = canvas;
        if (!w || !h) return;
        this.pixels = Math.min(window.devicePixelRatio || 1, 2);
        canvas.width = Math.round(w * this.pixels);
        canvas.height = Math.round(h * this.pixels);
        this.camera.resize(w, h);
        this.dress();
        this.draw();
      }).observe(box);
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.dress());
    }

    under(px, py) {
      const w = this.camera.world(px, py);
      const cx = Math.floor(w.x);
      const cy = Math.floor(w.y);
      return cx < 0 || cy < 0 || cx >= this.columns || cy >= this.rows ? -1 : this.place[cy * this.columns + cx];
    }

    hover(px, py) {
      const { card, camera } = this;
      const i = px === null ? -1 : this.under(px, py);
      if (i !== this.hovered) {
        this.hovered = i;
        this.canvas.classList.toggle("over", i >= 0);
        card.hidden = true;
        if (i >= 0) {
          card.style.setProperty("--shape", Math.min(Math.max(ag.aspect(i), 0.4), 2.5));
          ag.ready(() => this.said(i), (nodes) => {
            if (this.hovered !== i) return; // the pointer is elsewhere by now
            card.replaceChildren(...nodes);
            card.hidden = false;
            this.redraw(); // its links are here as well
          });
        }
        this.redraw();
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

    // What stands on the card of a painting.
    said(i) {
      const c = ag.clusterOf(i);
      return [
        this.camera.scale < 130 ? ag.picture(i, { eager: true }) : "",
        el("p", null,
          ag.words("span", ag.shorten(ag.artist(i), 60), { class: "who" }),
          ag.words("span", ag.shorten(ag.title(i), 90), { class: "what" }),
          ag.value("date", i) ? ag.words("span", ag.shorten(ag.value("date", i), 30), { class: "note" }) : "",
          ag.isNew(i) ? el("span", { class: "note" }, ag.newNote(i)) : "",
          el("span", { class: "note" }, ag.chip(c), ag.words("bdi", ag.shorten(ag.clusterName(c), 60)))),
      ];
    }

    redraw() {
      if (!this.framing) this.framing = requestAnimationFrame(() => this.draw());
    }

    // A painting on the field of its cluster; `edge` is the width of the line around the field.
    cell(target, i, x, y, w, h, scale, edge) {
      const { colors } = this;
      const dim = this.lit && !this.lit[i];
      const c = ag.clusterOf(i);
      target.globalAlpha = dim ? 0.05 : colors.field;
      target.fillStyle = c.color;
      target.fillRect(x, y, w, h);
      const inset = w * (w > 30 * colors.unit ? 0.09 : 0.05);
      const side = Math.min(w, h) - 2 * inset;
      const a = ag.aspect(i);
      const pw = a >= 1 ? side : side * a;
      const ph = a >= 1 ? side / a : side;
      const px = x + (w - pw) / 2;
      const py = y + (h - ph) / 2;
      target.globalAlpha = dim ? 0.16 : 1;
      if (!ag.tiles.draw(target, i, px, py, pw, ph, scale)) {
        const card = !ag.tint(i) && Math.min(pw, ph) > 44 * colors.unit;
        target.fillStyle = ag.tint(i) || (card ? colors.ground : c.color);
        target.fillRect(px, py, pw, ph);
        if (card && !dim) this.words(target, i, px, py, pw, ph);
      }
      target.globalAlpha = dim ? 0.15 : colors.frame;
      target.fillStyle = c.color;
      const [cx, cy] = [this.column[i], this.row[i]];
      const [left, right] = [this.ends(c, cx - 1, cy), this.ends(c, cx + 1, cy)];
      const [up, down] = [this.ends(c, cx, cy - 1), this.ends(c, cx, cy + 1)];
      if (left) target.fillRect(x, y, edge, h);
      if (right) target.fillRect(x + w - edge, y, edge, h);
      if (up) target.fillRect(x, y, w, edge);
      if (down) target.fillRect(x, y + h - edge, w, edge);
      // the corners that the line goes round inwards
      if (!left && !up && this.ends(c, cx - 1, cy - 1)) target.fillRect(x, y, edge, edge);
      if (!right && !up && this.ends(c, cx + 1, cy - 1)) target.fillRect(x + w - edge, y, edge, edge);
      if (!left && !down && this.ends(c, cx - 1, cy + 1)) target.fillRect(x, y + h - edge, edge, edge);
      if (!right && !down && this.ends(c, cx + 1, cy + 1)) target.fillRect(x + w - edge, y + h - edge, edge, edge);
      target.globalAlpha = 1;
    }

    // Whether the field of a cluster ends before this cell.
    ends(c, cx, cy) {
      const i = cx < 0 || cy < 0 || cx >= this.columns || cy >= this.rows ? -1 : this.place[cy * this.columns + cx];
      return i < 0 || ag.clusterOf(i) !== c;
    }

    // A painting without a picture carries its title.
    words(target, i, x, y, w, h) {
      const u = this.colors.unit;
      target.fillStyle = this.colors.ink;
      target.font = `${11 * u}px ${this.colors.sans}`;
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

    // The wall from far away: at once in plain colours, then painting by painting, as much as a frame has time for.
    drawFar() {
      const target = this.far.getContext("2d");
      const size = this.farCell;
      if (this.farStale) {
        this.far.width = this.columns * size;
        this.far.height = this.rows * size;
        this.hung.forEach((i) => {
          const [cx, cy] = [this.column[i], this.row[i]];
          target.globalAlpha = this.lit && !this.lit[i] ? 0.16 : 1;
          target.fillStyle = ag.tint(i) || ag.clusterOf(i).color;
          target.fillRect(cx * size + 1, cy * size + 1, size - 1, size - 1);
        });
        target.globalAlpha = 1;
        this.farNext = 0;
        this.farStale = false;
      }
      const until = performance.now() + SLICE;
      for (let k = 0; this.farNext < this.hung.length && (k % 64 || performance.now() < until); k++) {
        const i = this.hung[this.farNext++];
        const [cx, cy] = [this.column[i], this.row[i]];
        target.clearRect(cx * size, cy * size, size, size);
        this.cell(target, i, cx * size, cy * size, size, size, 0, Math.max(1, size / 9));
      }
      if (this.farNext < this.hung.length) this.redraw();
    }

    draw() {
      this.framing = 0;
      if (!this.box.isConnected || !this.camera.width) return;
      const [, come] = ag.attempt(() => this.paint());
      if (come) come.then(() => this.redraw());
    }

    paint() {
      const { camera, context, colors, pixels } = this;
      context.setTransform(pixels, 0, 0, pixels, 0, 0);
      context.globalAlpha = 1;
      context.fillStyle = colors.wall;
      context.fillRect(0, 0, camera.width, camera.height);
      context.imageSmoothingEnabled = true;
      context.imageSmoothingQuality = "high";
      const s = camera.scale;
      const origin = camera.screen(0, 0);
      if (s * pixels < FAR && this.mosaic) this.mosaic.draw();
      else if (s * pixels < FAR) {
        this.drawFar();
        context.drawImage(this.far, origin.x, origin.y, this.columns * s, this.rows * s);
      } else {
        const a = camera.world(0, 0);
        const b = camera.world(camera.width, camera.height);
        const edge = Math.min(Math.max(1, Math.round(s * 0.07)), 4);
        const snap = (v) => Math.round(v * pixels) / pixels; // whole pixels: no seams between fields
        for (let cy = Math.max(0, Math.floor(a.y)); cy <= Math.min(this.rows - 1, Math.floor(b.y)); cy++) {
          const y = snap(origin.y + cy * s);
          const h = snap(origin.y + (cy + 1) * s) - y;
          for (let cx = Math.max(0, Math.floor(a.x)); cx <= Math.min(this.columns - 1, Math.floor(b.x)); cx++) {
            const i = this.place[cy * this.columns + cx];
            if (i < 0) continue;
            const x = snap(origin.x + cx * s);
            this.cell(context, i, x, y, snap(origin.x + (cx + 1) * s) - x, h, pixels, edge);
          }
        }
      }
      ag.drawNewMarks(this, context);
      if (this.options.overlay) this.options.overlay(this, context);
      if (this.selected >= 0) this.outline(this.selected);
      if (this.hovered >= 0) this.outline(this.hovered);
      if (this.canvas.matches(":focus-visible")) {
        const i = this.under(camera.width / 2, camera.height / 2);
        if (i >= 0) this.outline(i);
      }
      this.over(context);
    }

    outline(i) {
      if (this.column[i] < 0) return;
      const p = this.camera.screen(this.column[i], this.row[i]);
      const s = this.camera.scale;
      this.context.lineWidth = Math.min(Math.max(2, s * 0.04), 5); // a pen, not a picture frame
      this.context.strokeStyle = this.colors.ink;
      this.context.strokeRect(p.x, p.y, s, s);
    }

    dress() {
      const style = getComputedStyle(this.box);
      const get = (name) => style.getPropertyValue(name).trim();
      this.colors = {
        wall: get("--wall"), ground: get("--ground"), ink: get("--ink"), soft: get("--soft"), sans: get("--sans"),
        unit: parseFloat(getComputedStyle(document.documentElement).fontSize) / 16,
        field: parseFloat(get("--field")), frame: parseFloat(get("--frame")),
      };
      this.stale();
      this.redraw();
    }

    // What was drawn from far away looks otherwise by now.
    stale() {
      this.farStale = true;
      if (this.mosaic) this.mosaic.stale = true;
    }

    // Shows the wall on the full window, or as part of a page.
    whole(on) {
      this.box.classList.toggle("whole", on);
      this.hover(null);
    }

    // Dims all but these rows; null lights what is chosen, or everything.
    light(some) {
      some = some || (this.choice.rows.size ? this.choice.rows : null);
      this.lit = some ? new Uint8Array(ag.n) : null;
      for (const i of some || []) this.lit[i] = 1;
      this.stale();
      this.redraw();
    }

    // Marks one painting and goes there.
    select(i) {
      this.selected = this.column[i] >= 0 ? i : -1;
      if (this.selected >= 0) this.camera.goto(this.column[i] + 0.5, this.row[i] + 0.5, 64);
      this.redraw();
    }
  };
})(window.artgraph);
