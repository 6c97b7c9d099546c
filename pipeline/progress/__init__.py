"""Progress and expected time of a run."""
