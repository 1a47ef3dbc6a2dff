"""Commands about what is kept: is it sound, out with it again, copies, seals, ranks."""
