"""What exists in the account: objects by identity, their names, and who may do what with them."""
