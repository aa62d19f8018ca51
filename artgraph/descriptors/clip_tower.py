"""The image tower of OpenAI's CLIP, under its own names, so that its weights and those of its descendants fit."""

import torch
import torch.nn.functional as F
from torch import nn

from artgraph.errors import InputError

__all__ = ["ClipTower"]


class ClipTower(nn.Module):
    """A vision transformer as CLIP has it: a norm before the blocks, QuickGELU, the class token at the end.

    Parameters
    ----------
    width, blocks, hidden : int
        Of the tokens; how many; of the layer inside a block (ViT-L/14: 1024, 24, 4096). A head is 64 wide.
    patch, grid : int
        Pixels of a patch's side, and patches along the picture's side (ViT-L/14 at 224 pixels: 14, 16).

    Notes
    -----
    Radford et al. 2021, arXiv 2103.00020. Without the last projection into the space shared with text.
    """

    def __init__(self, *, width, blocks, hidden, patch, grid):
        super().__init__()
        self.patch, self.grid = patch, grid
        self.conv1 = nn.Conv2d(3, width, patch, stride=patch, bias=False)
        self.class_embedding = nn.Parameter(torch.zeros(width))
        self.positional_embedding = nn.Parameter(torch.zeros(1 + grid * grid, width))
        self.ln_pre = nn.LayerNorm(width)
        self.transformer = nn.ModuleDict({"resblocks": nn.ModuleList(_Block(width, hidden) for _ in range(blocks))})
        self.ln_post = nn.LayerNorm(width)

    def forward(self, pixels):
        """Turn pictures (b, 3, side, side), normalised, into class tokens (b, width)."""
        patches = self.conv1(pixels).flatten(2).transpose(1, 2)  # (b, grid², width)
        first = self.class_embedding.to(patches.dtype).expand(len(patches), 1, -1)
        tokens = torch.cat([first, patches], dim=1)  # (b, 1 + grid², width)
        tokens = self.ln_pre(tokens + self.positional_embedding)
        for block in self.transformer["resblocks"]:
            tokens = block(tokens)
        return self.ln_post(tokens[:, 0])  # (b, width)

    def set_side(self, side):
        """Make the tower take pictures of another side, by bicubic interpolation of the position embedding.

        The class token's own position is kept.

        Raises
        ------
        InputError
            ``side`` is no multiple of the patch.
        """
        if side < self.patch or side % self.patch:
            near = max(1, round(side / self.patch)) * self.patch
            raise InputError(f"size must be a multiple of {self.patch} pixels, not {side}; take {near}")
        grid = side // self.patch
        if grid == self.grid:
            return
        first, rest = self.positional_embedding.split([1, self.grid**2])
        rest = rest.T.reshape(1, -1, self.grid, self.grid)  # (1, width, grid, grid)
        rest = F.interpolate(rest.float(), size=(grid, grid), mode="bicubic", antialias=True)
        rest = rest.flatten(2)[0].T  # (new grid², width)
        self.positional_embedding = nn.Parameter(torch.cat([first, rest.to(first.dtype)]), requires_grad=False)
        self.grid = grid


class _Block(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attn = _Attention(width)
        self.mlp = nn.ModuleDict({"c_fc": nn.Linear(width, hidden), "c_proj": nn.Linear(hidden, width)})

    def forward(self, tokens):
        tokens = tokens + self.attn(self.ln_1(tokens))  # (b, t, width)
        hidden = self.mlp["c_fc"](self.ln_2(tokens))  # (b, t, hidden)
        hidden = hidden * torch.sigmoid(1.702 * hidden)  # QuickGELU
        return tokens + self.mlp["c_proj"](hidden)


class _Attention(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.heads = max(1, width // 64)
        self.in_proj_weight = nn.Parameter(torch.zeros(3 * width, width))
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * width))
        self.out_proj = nn.Linear(width, width)

    def forward(self, tokens):
        b, t, width = tokens.shape
        joined = F.linear(tokens, self.in_proj_weight, self.in_proj_bias)  # (b, t, 3 width)
        q, k, v = joined.view(b, t, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)  # each (b, heads, t, 64)
        seen = F.scaled_dot_product_attention(q, k, v)  # (b, heads, t, 64)
        return self.out_proj(seen.transpose(1, 2).reshape(b, t, width))
