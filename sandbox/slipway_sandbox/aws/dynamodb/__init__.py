"""DynamoDB: AWS's own local engine for data, and the front for what that engine does not keep."""
