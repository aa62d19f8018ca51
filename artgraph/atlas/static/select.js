// Choose paintings on a wall by a box or a free line around them; what is chosen is saved, or opened as a page.
(function (ag) {
  "use strict";
  const { el } = ag;
  const FEW = 5; // pixels: a shorter line is a click

  // Whether a point lies within a closed line (crossings of a ray to the right).
  ag.inside = function (x, y, line) {
    let within = false;
    for (let k = 0, j = line.length - 1; k < line.length; j = k++) {
      const [a, b] = [line[k], line[j]];
      if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) within = !within;
    }
    return within;
  };

  ag.Choice = class {
    constructor(wall) {
      this.wall = wall;
      this.rows = new Set();
      this.shape = null; // "box", "lasso" or null: what a drag draws
      this.line = null; // points on the screen while it is drawn
      const tool = (shape, sign, label) => el("button", { type: "button", "aria-label": label, title: label, "aria-pressed": "false", onclick: () => this.use(this.shape === shape ? null : shape) },
        el("span", { class: `sign ${sign}`, "aria-hidden": "true" }));
      this.tools = { box: tool("box", "sign-box", "Choose works with a box (or drag with the Shift key)"), lasso: tool("lasso", "sign-lasso", "Choose works with a free line") };
      this.panel = el("div", { class: "map-choice", role: "group", "aria-label": "Chosen works", hidden: true });
      wall.box.append(this.panel);
      wall.box.querySelector(".map-tools").prepend(...Object.values(this.tools));
      this.listen();
    }

    use(shape) {
      this.shape = shape;
      for (const [name, button] of Object.entries(this.tools)) button.setAttribute("aria-pressed", String(name === shape));
      this.wall.box.classList.toggle("choosing", shape !== null);
      this.wall.awake = true;
      this.wall.hover(null);
      this.show();
    }

    listen() {
      const { wall } = this;
      const at = (e) => {
        const box = wall.canvas.getBoundingClientRect();
        return { x: e.clientX - box.left, y: e.clientY - box.top };
      };
      // on the parent, before the canvas hears of it
      const hear = (name, call) => wall.box.addEventListener(name, (e) => e.target === wall.canvas && call(e), true);
      hear("pointerdown", (e) => {
        const shape = this.shape || (e.shiftKey && e.pointerType === "mouse" ? "box" : null);
        if (!shape || e.button > 0) return;
        e.stopPropagation();
        if (this.line) return this.stop(); // a second finger
        wall.awake = true;
        wall.hover(null);
        wall.canvas.focus({ preventScroll: true });
        wall.canvas.setPointerCapture(e.pointerId);
        this.line = { shape, id: e.pointerId, more: e.shiftKey && this.shape !== null, points: [at(e)] };
      });
      hear("pointermove", (e) => {
        if (!this.line) return;
        e.stopPropagation();
        if (e.pointerId !== this.line.id) return;
        this.line.points.push(at(e));
        wall.redraw();
      });
      hear("pointerup", (e) => {
        if (!this.line) return;
        e.stopPropagation();
        if (e.pointerId === this.line.id) this.finish();
      });
      hear("pointercancel", () => this.stop());
      wall.box.addEventListener("keydown", (e) => {
        if (e.key !== "Escape" || !(this.line || this.shape || this.rows.size)) return;
        e.preventDefault();
        e.stopPropagation();
        this.clear();
        this.use(null);
      });
      wall.over = (context) => this.draw(context);
    }

    stop() {
      this.line = null;
      this.wall.redraw();
    }

    outline() {
      const { shape, points } = this.line;
      if (shape === "lasso") return points;
      const [a, b] = [points[0], points[points.length - 1]];
      return [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }];
    }

    finish() {
      const { wall } = this;
      const line = this.outline();
      const { more, points } = this.line;
      this.line = null;
      const far = Math.max(...points.map((p) => Math.hypot(p.x - points[0].x, p.y - points[0].y)));
      if (far < FEW) {
        this.toggle(wall.under(points[0].x, points[0].y));
        return;
      }
      const found = wall.hung.filter((i) => {
        const p = wall.camera.screen(wall.column[i] + 0.5, wall.row[i] + 0.5);
        return ag.inside(p.x, p.y, line);
      });
      this.choose(more ? [...this.rows, ...found] : found);
    }

    // One work more, or less.
    toggle(i) {
      if (i < 0) return this.wall.redraw();
      const rows = new Set(this.rows);
      if (!rows.delete(i)) rows.add(i);
      this.choose(rows);
    }

    choose(rows) {
      this.rows = new Set(rows);
      this.wall.light(null);
      this.show();
      const text = this.rows.size ? ag.count(this.rows.size, "work") + " chosen" : "No work chosen";
      ag.say(text);
    }

    clear() {
      if (this.rows.size) this.choose([]);
      this.show();
    }

    show() {
      const rows = [...this.rows].sort((a, b) => a - b);
      this.panel.hidden = !rows.length && !this.shape;
      if (this.panel.hidden) return;
      ag.ready(() => this.said(rows), (nodes) => this.panel.replaceChildren(...nodes));
    }

    said(rows) {
      return rows.length ? [
        el("span", { class: "many" }, `${ag.count(rows.length, "work")} chosen`),
        ag.sayButton(rows),
        el("a", { class: "save", href: ag.link.front({ works: ag.packRows(rows) }) }, "Open as a page"),
        ag.saveButton(rows, `${ag.data.title}-chosen`, "Save as CSV"),
        rows.length === 2 && ag.data.images && el("a", { class: "save", href: ag.link.beside(rows[0], rows[1]) }, "Side by side"),
        el("button", { type: "button", class: "save", onclick: () => this.clear() }, "Clear"),
      ].filter(Boolean) : [el("span", { class: "quiet" }, this.shape === "box" ? "Drag a box around works, or click them one by one." : "Draw a line around works, or click them one by one.")];
    }

    draw(context) {
      if (!this.line) return;
      const { colors } = this.wall;
      const line = this.outline();
      context.beginPath();
      line.forEach((p, k) => (k ? context.lineTo(p.x, p.y) : context.moveTo(p.x, p.y)));
      context.closePath();
      context.fillStyle = colors.ink;
      context.globalAlpha = 0.12;
      context.fill();
      context.globalAlpha = 1;
      context.lineWidth = 3;
      context.strokeStyle = colors.ground;
      context.stroke();
      context.lineWidth = 1.5;
      context.strokeStyle = colors.ink;
      context.stroke();
    }
  };
})(window.artgraph);
