"""The rules of significance, a module for each kind of finding."""
