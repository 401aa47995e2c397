"""Live demos: one file each, `<part>/<name>.py`. Listing them imports neither Torch nor the demos."""
