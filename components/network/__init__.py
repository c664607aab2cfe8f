"""The network of an environment: addresses, zones, ways out, private ways to AWS."""
