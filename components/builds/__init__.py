"""CodeBuild: projects that run the platform's own commands, each as the role of one duty."""
