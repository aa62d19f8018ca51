// Pictures for the map, as large as the view needs: the contact sheets first, the thumbnails when one comes near.
(function (ag) {
  "use strict";
  const MOST = 500; // thumbnails kept decoded
  const AT_ONCE = 10;

  ag.Tiles = class {
    constructor(sheets, changed) {
      this.sheets = sheets;
      this.changed = changed;
      this.near = new Map(); // row → image, in the order of last use
      this.waiting = [];
      this.loading = 0;
      this.images = (sheets ? sheets.names : []).map((name) => {
        const image = new Image();
        image.decoding = "async";
        image.onload = () => changed(true);
        image.src = name;
        return image;
      });
    }

    // Same arithmetic as the program that laid the sheets.
    size(i) {
      const t = this.sheets.tile;
      const a = ag.aspect(i);
      return a >= 1 ? [t, Math.max(4, Math.floor(t / a + 0.5))] : [Math.max(4, Math.floor(t * a + 0.5)), t];
    }

    // Draws painting i into the rectangle; false where there is no picture (yet).
    draw(context, i, x, y, w, h, pixels) {
      if (!this.sheets || !ag.thumb(i)) return false;
      if (Math.max(w, h) * pixels > this.sheets.tile * 1.25) {
        const image = this.thumbnail(i);
        if (image) {
          context.drawImage(image, x, y, w, h);
          return true;
        }
      }
      const each = this.sheets.side * this.sheets.side;
      const sheet = this.images[Math.floor(i / each)];
      if (!sheet || !sheet.complete || !sheet.naturalWidth) return false;
      const k = i % each;
      const [sw, sh] = this.size(i);
      const t = this.sheets.tile;
      context.drawImage(sheet, (k % this.sheets.side) * t, Math.floor(k / this.sheets.side) * t, sw, sh, x, y, w, h);
      return true;
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
        image.src = ag.thumb(i);
      }
    }
  };
})(window.artgraph);
