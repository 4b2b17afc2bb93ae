"""A real TVox: asked within its limits, in whichever dialect it speaks."""
