"""One file per stage: read the corpus, call pure functions, put the result.

``artgraph.pipeline`` lists them in reading order. What a stage needs is imported inside its function, so that
``artgraph --help`` loads no torch.
"""
