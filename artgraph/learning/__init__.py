"""What networks that learn from artists share; below ``vgae`` and ``descriptors``, which import from its modules.

``contrastive`` is the loss, ``artists`` says which works a step takes and which artists are held out, ``measures`` how
good latents are; ``checkpoint``, ``device`` and ``prefetch`` are what every training needs. Importing ``artists`` loads
no torch.
"""
