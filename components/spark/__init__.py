"""What Spark jobs of pipelines run on."""
