"""Where streams write. Shared by all streams: a change here is a change of each of them."""
