from alerts.services.people_import import PersonRow, read_people, save_person
from protection.importing import ImportCommand


class Command(ImportCommand[PersonRow]):
    help = "Import people.csv: journalists and others we have promised something."
    read = staticmethod(read_people)
    save = staticmethod(save_person)
