"""An adopted layer becomes components of the program: what is written, how it is proven, how it is taken back."""
