"""What people decide about feedback: asked, checked, written down, never rewritten. Knows no Dagster."""
