"""How a survey looks and reads to a customer: used by the frame and by the editor's preview."""
