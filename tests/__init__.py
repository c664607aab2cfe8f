"""Tests of the platform; they mirror the tree."""
