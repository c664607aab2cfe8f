"""One module a concern; each handler looks at CloudFormation before it does anything."""
