"""Payment events: validate and enrich the gateway's events within seconds. Stateless: no aggregation."""
