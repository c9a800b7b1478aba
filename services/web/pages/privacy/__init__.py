"""What is stored about whom: asked, gathered, answered."""
