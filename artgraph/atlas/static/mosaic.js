// A wall of very many paintings from far away: each is a square in its mean colour on the field of its cluster. Every
// pixel of the view is computed, so that the cost is that of the view and not of the collection.
(function (ag) {
  "use strict";
  const EDGE = 0.1; // of a cell, on each side of the picture
  const bytes = (color) => [1, 3, 5].map((k) => parseInt(color.slice(k, k + 2), 16));

  ag.Mosaic = class {
    constructor(wall) {
      this.wall = wall;
      this.canvas = document.createElement("canvas"); // the whole wall, a pixel to a cell
      this.view = document.createElement("canvas");
      this.stale = true;
    }

    // The colours of all cells: of the picture, of the field around it, and of both from very far away.
    mix() {
      const { place, columns, rows, lit, colors } = this.wall;
      const context = this.view.getContext("2d");
      const hex = (color) => {
        context.fillStyle = color;
        return bytes(context.fillStyle);
      };
      const wall = hex(colors.wall);
      const fields = new Map();
      const field = (c) => {
        if (!fields.has(c)) fields.set(c, hex(c.color));
        return fields.get(c);
      };
      const pack = ([r, g, b]) => (255 << 24) | (b << 16) | (g << 8) | r;
      const over = (top, below, alpha) => top.map((v, k) => Math.round(v * alpha + below[k] * (1 - alpha)));
      this.picture = new Uint32Array(columns * rows).fill(pack(wall));
      this.field = new Uint32Array(columns * rows).fill(pack(wall));
      const whole = new Uint32Array(columns * rows).fill(pack(wall));
      for (let k = 0; k < place.length; k++) {
        const i = place[k];
        if (i < 0) continue;
        const color = field(ag.clusterOf(i));
        const dim = lit && !lit[i];
        const around = over(color, wall, dim ? 0.05 : colors.field);
        const tint = ag.tint(i);
        const inside = over(tint ? bytes(tint) : color, wall, dim ? 0.16 : 1);
        this.picture[k] = pack(inside);
        this.field[k] = pack(around);
        whole[k] = pack(over(inside, around, 0.7));
      }
      Object.assign(this.canvas, { width: columns, height: rows });
      this.canvas.getContext("2d").putImageData(new ImageData(new Uint8ClampedArray(whole.buffer), columns, rows), 0, 0);
      this.stale = false;
    }

    draw() {
      const { camera, context, columns, rows, pixels } = this.wall;
      if (this.stale) this.mix();
      const size = camera.scale * pixels; // of a cell, in pixels of the screen
      const origin = camera.screen(0, 0);
      if (size < 3) {
        context.drawImage(this.canvas, origin.x, origin.y, columns * camera.scale, rows * camera.scale);
        return;
      }
      const [width, height] = [Math.round(camera.width * pixels), Math.round(camera.height * pixels)];
      const image = context.createImageData(width, height);
      const out = new Uint32Array(image.data.buffer);
      // the cell of each pixel, and whether it is at its edge: once for a row of pixels, once for a column
      const along = (start, many, most) => {
        const cell = new Int32Array(many);
        const edge = new Uint8Array(many);
        for (let p = 0; p < many; p++) {
          const at = (p + 0.5 - start * pixels) / size;
          cell[p] = at < 0 || at >= most ? -1 : Math.floor(at);
          edge[p] = at - Math.floor(at) < EDGE || at - Math.floor(at) > 1 - EDGE ? 1 : 0;
        }
        return [cell, edge];
      };
      const [cx, atX] = along(origin.x, width, columns);
      const [cy, atY] = along(origin.y, height, rows);
      for (let y = 0, p = 0; y < height; y++) {
        const row = cy[y] * columns;
        for (let x = 0; x < width; x++, p++) {
          if (cy[y] < 0 || cx[x] < 0) continue;
          out[p] = (atY[y] || atX[x] ? this.field : this.picture)[row + cx[x]];
        }
      }
      if (this.view.width !== width || this.view.height !== height) Object.assign(this.view, { width, height });
      this.view.getContext("2d").putImageData(image, 0, 0);
      context.drawImage(this.view, 0, 0, camera.width, camera.height);
    }
  };
})(window.artgraph);
