"""Starting, watching and ending the servers of a world; and the command's sub-commands in terms of them."""
