"""The AWS adapters against the sandbox's AWS front with DynamoDB Local behind it."""
