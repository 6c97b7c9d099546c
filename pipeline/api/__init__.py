"""Views, serializers and selectors of the pipeline's endpoints."""
