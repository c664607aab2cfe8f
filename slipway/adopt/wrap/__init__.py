"""An adopted layer becomes components of the program: what is written, proven, given back."""
