"""Pictures as PNG: the only room that imports Pillow."""
