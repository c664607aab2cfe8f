"""One module a tool: what it says follows from what. Each is pure: a tool's document in, edges out."""
