"""Commands that would make ``cli.py`` too long; it says where each stands among the others."""

__all__ = []
