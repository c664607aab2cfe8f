"""How a release gets from account to account: events that records and builds give rise to."""
