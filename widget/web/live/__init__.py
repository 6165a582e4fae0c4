"""Live streams: what happens is told to every browser that watches, as soon as it is stored."""
