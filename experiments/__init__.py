"""One file per question or per published system; public API only.

``python -m experiments.NAME --json`` prints one JSON object and nothing else on stdout, and keeps it in
``experiments/results/NAME.json``.
"""
