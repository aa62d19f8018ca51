// Pictures for the walls, as large as the view needs: far sheets, near sheets, then the thumbnails of what is close.
(function (ag) {
  "use strict";
  const MOST = 500; // thumbnails kept decoded
  const AT_ONCE = 10;
  const PIXELS = 5e7; // of the sheets that are kept: four bytes each, decoded

  class Tiles {
    constructor(sheets) {
      this.sheets = sheets;
      this.walls = new Set();
      this.near = new Map(); // row → image, in the order of last use
      this.waiting = [];
      this.loading = 0;
      if (sheets) this.slots = ag.numbers(sheets.slots);
      this.levels = (sheets ? sheets.levels : []).map(([tile, names]) => {
        const side = sheets.side / tile;
        return { tile, names, side, each: side * side, images: new Map() };
      });
      this.far = this.levels[this.levels.length - 1];
      this.most = sheets ? Math.ceil(PIXELS / sheets.side ** 2) : 0; // sheets of a level that are kept
      // where they are few, all of these are kept: the picture of the whole wall is drawn from them
      this.few = this.far && !ag.data.parts;
      if (this.few) this.far.names.forEach((_, k) => this.sheet(this.far, k));
    }

    // Walls that draw from here; they are called when a sheet (true) or a thumbnail (false) has come.
    serve(changed) {
      this.walls.add(changed);
      return this;
    }
    changed(sheet) {
      for (const call of this.walls) call(sheet);
    }

    sheet(level, k) {
      let image = level.images.get(k);
      if (!image) {
        image = new Image();
        image.decoding = "async";
        image.onload = () => this.changed(level === this.far && this.few);
        image.src = level.names[k];
      } else level.images.delete(k);
      level.images.set(k, image);
      if (!(level === this.far && this.few) && level.images.size > this.most) level.images.delete(level.images.keys().next().value);
      return image.complete && image.naturalWidth ? image : null;
    }

    // Same arithmetic as the program that laid the sheets.
    size(i, tile) {
      const a = ag.aspect(i);
      const least = Math.floor(tile / 16);
      return a >= 1 ? [tile, Math.max(least, Math.floor(tile / a + 0.5))] : [Math.max(least, Math.floor(tile * a + 0.5)), tile];
    }

    // Draws painting i into the rectangle; false where there is no picture (yet). `pixels` is device pixels to a unit, 0: far.
    draw(context, i, x, y, w, h, pixels) {
      if (!this.far || !ag.hasThumb(i)) return false;
      const wanted = Math.max(w, h) * pixels;
      if (wanted > this.levels[0].tile * 1.25) {
        const image = this.thumbnail(i);
        if (image) {
          context.drawImage(image, x, y, w, h);
          return true;
        }
      }
      for (const level of wanted > this.far.tile * 1.25 ? this.levels : [this.far]) {
        const slot = this.slots[i];
        const image = this.sheet(level, Math.floor(slot / level.each));
        if (!image) continue;
        const k = slot % level.each;
        const [sw, sh] = this.size(i, level.tile);
        context.drawImage(image, (k % level.side) * level.tile, Math.floor(k / level.side) * level.tile, sw, sh, x, y, w, h);
        return true;
      }
      return false;
    }

    thumbnail(i) {
      let image = this.near.get(i);
      if (image) {
        this.near.delete(i);
        this.near.set(i, image);
        return image.ready ? image : null;
      }
      image = new Image();
      image.decoding = "async";
      this.near.set(i, image);
      this.waiting.push([i, image]);
      if (this.near.size > MOST) this.near.delete(this.near.keys().next().value);
      this.next();
      return null;
    }

    next() {
      while (this.loading < AT_ONCE && this.waiting.length) {
        const [i, image] = this.waiting.pop(); // what was asked for last is what is looked at now
        if (this.near.get(i) !== image) continue;
        this.loading++;
        const done = (ready) => {
          this.loading--;
          image.ready = ready;
          if (ready) this.changed(false);
          this.next();
        };
        image.onload = () => done(true);
        image.onerror = () => done(false);
        ag.ready(() => ag.thumb(i), (src) => (src ? (image.src = src) : done(false)));
      }
    }
  }

  ag.tiles = new Tiles(ag.data.sheets);
})(window.artgraph);
