// Where the map is looked at from, and the controls that move it: wheel, drag, pinch, keys, buttons.
(function (ag) {
  "use strict";

  // World units are grid cells; `scale` is CSS pixels to a cell; (x, y) is the world point at the middle of the view.
  ag.Camera = class {
    constructor(columns, rows, below = 0) {
      Object.assign(this, { columns, rows, below, x: columns / 2, y: rows / 2, scale: 1, width: 1, height: 1, moved: false, deepest: 420 });
    }
    resize(width, height) {
      Object.assign(this, { width, height });
      if (this.moved) this.clamp();
      else this.fit();
    }
    // All of it; where that would be a thin band across a tall screen, the middle of it, larger.
    fit() {
      const across = Math.max(this.width - (this.below ? 128 : 32), 1) / this.columns; // beside the tools
      const down = Math.max(this.height - (this.below ? 32 : 58) - this.below, 1) / this.rows; // room for names above and below
      this.whole = Math.min(across, down);
      const band = down / across > 1.5;
      const near = Math.max(this.whole * 2.4, this.below ? 24 : 0); // a timeline is read along its length
      this.scale = Math.min(band ? Math.min(down, near) : this.whole, 150);
      this.x = band ? this.busiest() : this.columns / 2;
      this.y = this.rows / 2;
      // what stands on a ground line stands at the bottom
      if (this.below) this.y = this.rows - (this.height / 2 - this.below) / this.scale;
      this.moved = false;
    }
    // The middle of the part, as wide as the view, in which most works stand; `busy` counts them by column.
    busiest() {
      const wide = Math.min(this.columns, this.width / this.scale);
      const sums = [0];
      for (const many of this.busy || []) sums.push(sums[sums.length - 1] + many);
      const until = (x) => sums[Math.min(Math.max(Math.round(x), 0), sums.length - 1)];
      let best = (this.columns - wide) / 2;
      for (let left = 0; left + wide <= this.columns; left++) {
        if (until(left + wide) - until(left) > until(best + wide) - until(best)) best = left;
      }
      return best + wide / 2;
    }
    goto(x, y, scale) {
      if (!this.width) return;
      this.scale = Math.min(Math.max(scale, this.whole * 0.9), this.deepest);
      Object.assign(this, { x, y, moved: true });
      this.clamp();
    }
    zoom(factor, px = this.width / 2, py = this.height / 2) {
      const before = this.world(px, py);
      this.scale = Math.min(Math.max(this.scale * factor, this.whole * 0.9), this.deepest);
      const after = this.world(px, py);
      this.x += before.x - after.x;
      this.y += before.y - after.y;
      this.moved = true;
      this.clamp();
    }
    pan(dx, dy) {
      this.x -= dx / this.scale;
      this.y -= dy / this.scale;
      this.moved = true;
      this.clamp();
    }
    clamp() {
      this.x = Math.min(Math.max(this.x, 0), this.columns);
      this.y = Math.min(Math.max(this.y, this.below ? -this.rows : 0), this.rows);
    }
    world(px, py) {
      return { x: this.x + (px - this.width / 2) / this.scale, y: this.y + (py - this.height / 2) / this.scale };
    }
    screen(wx, wy) {
      return { x: (wx - this.x) * this.scale + this.width / 2, y: (wy - this.y) * this.scale + this.height / 2 };
    }
  };

  // Calls back: changed(), hover(px, py) or hover(null), pick(px, py), enter(px, py) for the key (else pick), refused()
  // when a wheel was left to the page. `own` tells whether an event is the canvas's and not that of a button on it.
  ag.controls = function (canvas, camera, call, owns, own = () => true) {
    const down = new Map();
    let travelled = 0;
    const at = (e) => {
      const box = canvas.getBoundingClientRect();
      return { x: e.clientX - box.left, y: e.clientY - box.top };
    };

    canvas.addEventListener("wheel", (e) => {
      // a page that cannot be scrolled past its map is a trap: the wheel is the map's once the map has been touched
      if (!owns() && !e.ctrlKey && !e.metaKey) return call.refused();
      e.preventDefault();
      const lines = e.deltaMode === 1 ? 18 : e.deltaMode === 2 ? 300 : 1;
      const p = at(e);
      camera.zoom(Math.exp(-Math.max(-240, Math.min(240, e.deltaY * lines)) * (e.ctrlKey ? 0.01 : 0.0022)), p.x, p.y);
      call.changed();
    }, { passive: false });

    canvas.addEventListener("pointerdown", (e) => {
      if (e.button > 0 || !own(e)) return;
      down.set(e.pointerId, at(e));
      if (down.size === 1) travelled = 0;
      canvas.setPointerCapture(e.pointerId);
      call.hover(null);
    });
    canvas.addEventListener("pointermove", (e) => {
      const p = at(e);
      if (!down.has(e.pointerId)) {
        if (e.pointerType === "mouse") call.hover(p.x, p.y);
        return;
      }
      const before = down.get(e.pointerId);
      travelled += Math.hypot(p.x - before.x, p.y - before.y);
      if (down.size === 1) {
        if (travelled < 5) return;
        camera.pan(p.x - before.x, p.y - before.y);
      } else if (down.size === 2) {
        const other = [...down].find(([id]) => id !== e.pointerId)[1];
        const was = Math.hypot(before.x - other.x, before.y - other.y);
        const is = Math.hypot(p.x - other.x, p.y - other.y);
        camera.pan((p.x - before.x) / 2, (p.y - before.y) / 2);
        if (was > 10) camera.zoom(is / was, (p.x + other.x) / 2, (p.y + other.y) / 2);
      }
      down.set(e.pointerId, p);
      call.changed();
    });
    canvas.addEventListener("pointerup", (e) => {
      const click = down.size === 1 && down.has(e.pointerId) && travelled < 5;
      down.delete(e.pointerId);
      if (click) call.pick(at(e).x, at(e).y);
    });
    canvas.addEventListener("pointercancel", (e) => {
      down.delete(e.pointerId);
      travelled = Infinity;
    });
    canvas.addEventListener("pointerleave", () => call.hover(null));

    canvas.addEventListener("keydown", (e) => {
      if (e.ctrlKey || e.metaKey || e.altKey || !own(e)) return;
      const step = 80;
      const keys = {
        ArrowLeft: () => camera.pan(step, 0), ArrowRight: () => camera.pan(-step, 0),
        ArrowUp: () => camera.pan(0, step), ArrowDown: () => camera.pan(0, -step),
        "+": () => camera.zoom(1.35), "=": () => camera.zoom(1.35), "-": () => camera.zoom(1 / 1.35), 0: () => camera.fit(),
      };
      if (e.key === "Enter") (call.enter || call.pick)(camera.width / 2, camera.height / 2);
      else if (keys[e.key]) keys[e.key]();
      else return;
      e.preventDefault();
      e.stopPropagation();
      call.changed();
    });
  };
})(window.artgraph);
