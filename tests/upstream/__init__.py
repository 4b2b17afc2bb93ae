"""The other side of the mirror: what stands where a real TVox would, and what stands between."""
