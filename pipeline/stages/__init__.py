"""Pure stages: plain values in, plain values out."""
