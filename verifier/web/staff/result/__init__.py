"""What the page of a verification shows, worked out before any template sees it: pure, and tested as such."""
