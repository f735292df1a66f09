"""What an administrator does, one file a topic; `verifier.cli.admin` names them all."""
