"""What a cluster is, in works, names, dates and words; which works to look at again; who came before whom."""

from artgraph.interpret.clusters import descriptor_shares, exemplars, neighboring_clusters, palette, typicality
from artgraph.interpret.distinctions import distinctions, distinctive
from artgraph.interpret.evidence import chance_of_nearness, departures, stand_out
from artgraph.interpret.influence import cluster_times, influence
from artgraph.interpret.methods import MethodsDescription, methods_text
from artgraph.interpret.questions import Question, questions
from artgraph.interpret.sentences import cluster_sentence, visual_sentence, words_sentence
from artgraph.interpret.words import best_works, cluster_words, distinct_words
from artgraph.interpret.worklist import affinity, date_gaps, own_gaps, school_votes

__all__ = [
    "MethodsDescription", "Question", "affinity", "best_works", "chance_of_nearness", "cluster_sentence",
    "cluster_times", "cluster_words", "date_gaps", "departures", "descriptor_shares", "distinct_words",
    "distinctions", "distinctive", "exemplars", "influence", "methods_text", "neighboring_clusters", "own_gaps",
    "palette", "questions", "school_votes", "stand_out", "typicality", "visual_sentence",
    "words_sentence",
]  # fmt: skip
