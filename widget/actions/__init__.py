"""What can be done: one verb a module, each in one transaction of its own."""
