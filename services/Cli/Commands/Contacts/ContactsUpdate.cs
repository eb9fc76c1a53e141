using System.CommandLine;
using Crm.Contacts.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`contacts update`.</summary>
internal static class ContactsUpdate
{
    public static Command Create()
    {
        var key = ContactKey.Argument();
        var options = new ContactOptions();
        var command = new Command("update", "Changes attributes and custom fields of a contact; an empty text clears one.") { key };
        options.AddTo(command);
        return command.Runs(async (session, ct) =>
        {
            var before = await ContactKey.GetAsync(session, session.Get(key), ct);
            var contact = new Contact { ContactId = before.ContactId };
            var mask = await options.ReadAsync(session, contact, ct);
            if (mask.Paths.Count == 0)
                throw new CliError("There is nothing to change.", "Give an attribute such as --email, or --set KEY=VALUE.");

            var request = new UpdateContactRequest { Account = session.RequireAccount(), Contact = contact, UpdateMask = mask, RequestId = RequestId.New() };
            var answer = await session.Services.Contacts.UpdateContactAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Contact, $"Contact {answer.Contact.ContactId} is at version {answer.Contact.Version}.");
        });
    }
}
