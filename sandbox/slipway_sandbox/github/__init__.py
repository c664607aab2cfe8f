"""A small GitHub: its REST shapes and its git over HTTP, over real bare repositories.

What it serves is listed by the modules' ``ROUTES``; everything else is refused by name with 501, so that a
missing feature is never mistaken for a missing object. Pull requests, reviews, statuses, checks, deployments
and GraphQL are not served.
"""
