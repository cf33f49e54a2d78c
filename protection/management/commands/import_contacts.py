from protection.importing import ImportCommand
from protection.services.contacts_import import ContactRow, read_contacts, save_contact


class Command(ImportCommand[ContactRow]):
    help = "Import contacts.csv: institutions, outlets and the people who act in them."
    read = staticmethod(read_contacts)
    save = staticmethod(save_contact)
