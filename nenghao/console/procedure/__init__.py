"""The procedure of a case in the console: the panel on its page, the unit's inquiries, the folder to take along."""
