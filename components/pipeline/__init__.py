"""The cloud resources that follow from one catalog entry."""
