"""Settlement enrichment: the clearing files of three card networks, made one table of lines."""
