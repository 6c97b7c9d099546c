"""What we use of django-unfold, which comes without types: its classes are Django's to a type checker."""
