// Reads a GEXF file with graphology-gexf and prints what it found as JSON. Called by test_graphology.py.
const fs = require("fs");
const { MultiGraph } = require("graphology");
const gexf = require("graphology-gexf");

const graph = gexf.parse(MultiGraph, fs.readFileSync(process.argv[2], "utf-8"));
console.log(
  JSON.stringify({
    type: graph.type,
    nodes: graph.mapNodes((id, attributes) => [id, attributes]),
    edges: graph.mapEdges((id, attributes, source, target) => [source, target, attributes]),
  }),
);
