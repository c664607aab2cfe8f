"""Who may do what: roles by duty, whom they trust, and the boundary that none of them leaves."""
