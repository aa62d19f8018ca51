// What is known of the paintings, read from the columns. A painting is its row number.
(function (ag) {
  "use strict";
  const data = ag.data;

  const reader = (c) => (Array.isArray(c) ? (i) => c[i] : (i) => c.values[c.codes[i]]);
  const columns = new Map(data.columns.map(([name, c]) => [name, reader(c)]));
  const missing = new Set(data.missing);
  const rows = new Map();
  for (let i = 0; i < data.n; i++) rows.set(ag.whole(columns.get("id")(i)), i);
  const clusters = new Map(data.clusters.map((c, k) => [c.label, { ...c, color: data.colors[k] }]));

  ag.n = data.n;
  ag.all = [...Array(data.n).keys()];
  ag.columns = [...columns.keys()];
  ag.clusters = [...clusters.values()];
  ag.cluster = (label) => clusters.get(label);
  ag.clusterOf = (i) => clusters.get(data.labels[i]);
  ag.value = (column, i) => (columns.has(column) ? columns.get(column)(i) : null);
  ag.row = (id) => rows.get(id);
  ag.id = (i) => ag.value("id", i);
  ag.aspect = (i) => data.aspect[i];
  ag.tint = (i) => (data.tints && data.tints[i] ? "#" + data.tints[i] : null);
  ag.thumb = (i) => (data.images && !missing.has(i) ? `thumbs/${String(i).padStart(6, "0")}.webp` : null);
  const larger = new Set(data.larger || []);
  ag.larger = (i) => (data.images && larger.has(i) ? `pictures/${String(i).padStart(6, "0")}.webp` : null);
  ag.source = (i) => (data.sources && !ag.live ? data.sources[i] : null); // artgraph serve gives the atlas alone
  // A picture from the museum's own server (IIIF Image API 2 and 3), fetched only when a reader asks for it.
  ag.remote = (i, side) => (data.iiif && data.iiif.services[i] ? `${data.iiif.services[i]}/full/!${side},${side}/0/default.jpg` : null);
  ag.year = (i) => (data.years ? data.years[i] : null);
  ag.dated = (rows) => (rows || ag.all).filter((i) => ag.year(i) !== null);
  ag.windows = (i) => (data.windows ? data.windows[i] : []);
  ag.sameArtist = (i) => (data.artist_links ? data.artist_links[i] : []);

  ag.title = (i) => ag.value("title", i) || "Untitled";
  ag.artist = (i) => ag.value("artist", i) || "Unknown artist"; // as the catalogue says it
  ag.artistName = reader(data.artists.names); // under which a work is counted and listed; null where no artist is certain
  // One line for alternative texts, captions and labels.
  ag.line = (i) =>
    [ag.artist(i), ag.title(i), ag.value("date", i)].filter(Boolean).map((t) => ag.shorten(t, 160)).join(", ");

  // Whom a cluster is known for: the two artists with most works in it beyond their share of the collection.
  ag.knownFor = function (c) {
    const beyond = ([, here, all]) => here - (all * c.works.length) / ag.n;
    return c.label < 0 ? [] : c.artists.filter((a) => a[1] >= 3 && beyond(a) >= a[1] / 2)
      .sort((a, b) => beyond(b) - beyond(a)).slice(0, 2).map((a) => a[0]);
  };
  // A name that people gave stands before the number, under which files and addresses know the cluster.
  ag.clusterName = function (c) {
    const given = c.label < 0 ? null : ag.givenName(data.name, c.label);
    return c.label < 0 ? "In no cluster" : given ? `${given} (cluster ${c.label})` : c.name || `Cluster ${c.label}`;
  };
  ag.byYear = (rows) => [...rows].sort((a, b) => (ag.year(a) ?? 1e9) - (ag.year(b) ?? 1e9) || a - b);

  // Nearest works: {row, similarity, shares: [[descriptor, per cent], …] or null}
  ag.near = function (i) {
    if (!data.neighbors) return [];
    const { width, rows, similarity } = data.neighbors;
    const start = i * width;
    return rows.slice(start, start + width)
      .map((row, k) => ({
        row,
        similarity: similarity[start + k] === null ? null : similarity[start + k] / 1000,
        shares: data.shares && data.shares.names.map((name, b, all) => [name, data.shares.percent[(start + k) * all.length + b]]),
      }))
      .filter((v) => v.row >= 0 && v.row !== i);
  };

  // How sure the cluster of a work is, which would be its second, what part it plays: {confidence, second, role}
  const role = data.membership && data.membership.role && reader(data.membership.role);
  ag.membership = function (i) {
    const m = data.membership;
    if (!m || m.confidence[i] === null) return null;
    return { confidence: m.confidence[i], second: clusters.get(m.second[i]) || null, role: role && role(i) };
  };

  // Rows by what `of` says of them: Map value → rows.
  function gather(of) {
    const found = new Map();
    for (const i of ag.all) found.has(of(i)) ? found.get(of(i)).push(i) : found.set(of(i), [i]);
    return found;
  }

  // Artists with a name, and their works: Map name → rows by year.
  let artists = null;
  ag.artists = function () {
    artists = artists || new Map([...gather(ag.artistName)].filter(([name]) => name).map(([name, works]) => [name, ag.byYear(works)]));
    return artists;
  };
  // Clusters of some works, the most frequent first: [[cluster, works], …]
  ag.clustersOf = function (works) {
    const count = new Map();
    for (const i of works) count.set(ag.clusterOf(i), (count.get(ag.clusterOf(i)) || 0) + 1);
    return [...count].sort((a, b) => b[1] - a[1] || a[0].label - b[0].label);
  };

  // Ways in which the paintings are grouped: this partition, others, and the column they are compared with.
  // {key, title, of: (i) → label, groups: [{label, name, works, color, ask: [key, value]}]}
  let groupings = null;
  ag.groupings = function () {
    if (groupings) return groupings;
    const grouping = (key, title, of, name, ask) => {
      const groups = [...gather(of)].map(([label, works]) => ({ label, works, name: name(label), short: typeof label === "number" ? (label < 0 ? "none" : String(label)) : name(label), color: null, ask: ask(label) }));
      return { key, title, of, groups };
    };
    const ordered = (g) => {
      g.groups.sort((a, b) => (a.label < 0) - (b.label < 0) || a.label - b.label);
      return g;
    };
    const inside = (key) => (label) => ["in." + key, label < 0 ? "none" : String(label)];
    const own = ordered(grouping(data.name, data.name, (i) => data.labels[i], (l) => ag.clusterName(clusters.get(l)), inside(data.name)));
    for (const g of own.groups) g.color = clusters.get(g.label).color;
    groupings = [own];
    for (const [key, labels] of data.compare.partitions) {
      groupings.push(ordered(grouping(key, key, (i) => labels[i], (l) => other(key, l), inside(key))));
    }
    if (data.reference) {
      const column = data.reference;
      const g = grouping("column:" + column, column, (i) => ag.value(column, i), (v) => v || "not stated",
        (v) => [ag.queryKey(column), v === null ? ag.NOTHING : v]);
      g.groups.sort((a, b) => (a.label === null) - (b.label === null) || b.works.length - a.works.length);
      groupings.push(g);
    }
    return groupings;
  };
  const other = function (key, label) {
    const given = label < 0 ? null : ag.givenName(key, label);
    return label < 0 ? "In no cluster" : given ? `${given} (cluster ${label}, ${key})` : `Cluster ${label} (${key})`;
  };
  ag.forgetGroupings = () => (groupings = null); // their names have changed
  ag.grouping = (key) => ag.groupings().find((g) => g.key === key);

  ag.NOTHING = "(nothing)"; // asks for the works where a column is empty
  const TAKEN = /^(q|words|from|to|at|view|sort|kind|works|since|in\..*|\..*)$/;
  // The name of a column in an address; those that the address uses itself get a point in front.
  ag.queryKey = (column) => (TAKEN.test(column) ? "." + column : column);
  ag.queryColumn = (key) => (key.startsWith(".") ? key.slice(1) : TAKEN.test(key) ? null : key);

  // Some works as they stand in an address: a stamp of this collection, then runs of rows, counted from the one before.
  ag.packRows = function (rows) {
    const runs = [];
    let next = 0;
    for (let k = 0; k < rows.length; ) {
      let end = k;
      while (end + 1 < rows.length && rows[end + 1] === rows[end] + 1) end++;
      const [gap, length] = [rows[k] - next, end - k + 1];
      runs.push(gap.toString(36) + (length > 1 ? "-" + length.toString(36) : ""));
      next = rows[end] + 1;
      k = end + 1;
    }
    return [data.stamp, ...runs].join(".");
  };
  // null where the address was made in another collection, or cannot be read
  ag.readRows = function (text) {
    const [stamp, ...runs] = text.split(".");
    if (stamp !== data.stamp || !runs.every((run) => /^[0-9a-z]{1,6}(-[0-9a-z]{1,6})?$/.test(run))) return null;
    const rows = [];
    let next = 0;
    for (const run of runs) {
      const [gap, length = 1] = run.split("-").map((v) => parseInt(v, 36));
      next += gap;
      if (next + length > data.n) return null;
      for (let k = 0; k < length; k++) rows.push(next++);
    }
    return rows;
  };

  ag.link = {
    front: (query) => ag.hash([], query),
    cluster: (label) => ag.hash(["cluster", String(label)]),
    painting: (i) => ag.hash(["painting", ag.id(i)]),
    look: (i) => ag.hash(["look", ag.id(i)]),
    beside: (i, k) => ag.hash(["beside", ag.id(i), ag.id(k)]),
    artist: (name) => ag.hash(["artist", name]),
    artists: (sort) => ag.hash(["artists"], { sort }),
    map: (i) => ag.hash(["map"], i === undefined ? {} : { at: ag.id(i) }),
    timeline: (query) => ag.hash(["timeline"], query),
    compare: (a, b) => ag.hash(["compare", ...(a ? [a, b] : [])]),
    worklist: (kind) => ag.hash(["worklist"], { kind }),
    made: () => ag.hash(["made"]),
    questions: () => ag.hash(["questions"]),
  };
})(window.artgraph);
