// Opens a workspace of Gephi Lite as Gephi Lite 1.0 does, and prints what it would draw. Called by test_graphology.py.
const fs = require("fs");
const Graph = require("graphology");

// whatever lists nodes and edges is a graph
const reviver = (_, value) =>
  value && typeof value === "object" && "nodes" in value && "edges" in value ? Graph.from(value) : value;
const { type, version, graphDataset, appearance, filters } = JSON.parse(fs.readFileSync(process.argv[2], "utf-8"), reviver);

const text = (scalar) => (["string", "number", "boolean"].includes(typeof scalar) ? `${scalar}` : "");
const values = (data, field) => [...new Set(Object.values(data).map((item) => text(item[field.id])))];

// a palette that lacks a value is thrown away, for one of Gephi Lite's own
function color(data, { type, field, colorPalette, missingColor }, item) {
  if (type !== "partition" || field.type !== "category") throw new Error(`no partition: ${type}, ${field.type}`);
  if (values(data, field).some((value) => !(value in colorPalette))) throw new Error("the palette is thrown away");
  return colorPalette[text(item[field.id])] ?? missingColor;
}

function size(data, { type, field, minSize, maxSize, missingSize }, item) {
  if (type !== "ranking" || field.type !== "number") throw new Error(`no ranking: ${type}, ${field.type}`);
  const value = item[field.id];
  if (typeof value !== "number") return missingSize;
  if (minSize === undefined) return value;
  const all = Object.values(data).map((one) => one[field.id]);
  const low = Math.min(...all);
  return ((value - low) * (maxSize - minSize)) / (Math.max(...all) - low || 1) + minSize;
}

const { fullGraph, nodeData, edgeData, layout, nodeFields, edgeFields, metadata } = graphDataset;
for (const [fields, data] of [[nodeFields, nodeData], [edgeFields, edgeData]]) {
  const known = new Set(fields.map((field) => field.id));
  for (const item of Object.values(data))
    for (const name of Object.keys(item)) if (!known.has(name)) throw new Error(`no field '${name}'`);
}

console.log(
  JSON.stringify({
    kind: [type, version, filters, metadata],
    type: fullGraph.type,
    multi: fullGraph.multi,
    fields: Object.fromEntries(nodeFields.map((field) => [field.id, field.type])),
    nodes: fullGraph.mapNodes((id) => ({
      id,
      data: nodeData[id],
      ...layout[id],
      size: size(nodeData, appearance.nodesSize, nodeData[id]),
      color: color(nodeData, appearance.nodesColor, nodeData[id]),
      label: nodeData[id][appearance.nodesLabel.field.id] ?? null,
      image: appearance.nodesImage.field ? nodeData[id][appearance.nodesImage.field.id] ?? null : null,
    })),
    edges: fullGraph.mapEdges((id, _, source, target) => ({
      ends: [source, target],
      ...edgeData[id],
      drawn: [size(edgeData, appearance.edgesSize, edgeData[id]), color(edgeData, appearance.edgesColor, edgeData[id])],
    })),
  }),
);
