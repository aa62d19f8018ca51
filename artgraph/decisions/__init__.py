"""What people decided about works and clusters: the table, and what of it holds."""

from artgraph.decisions.agreement import kappas
from artgraph.decisions.resolve import Constraints, InForce, constraints, in_force
from artgraph.decisions.table import COLUMNS, FILE, KINDS, Decision, Problem, append, new_key, now, read, said, trouble

__all__ = [
    "COLUMNS", "FILE", "KINDS", "Constraints", "Decision", "InForce", "Problem", "append", "constraints", "in_force",
    "kappas", "new_key", "now", "read", "said", "trouble",
]  # fmt: skip
