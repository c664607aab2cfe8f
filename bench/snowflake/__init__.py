"""The sandbox Snowflake beside plain fakesnow, and what clones, swaps and fingerprints cost it."""
