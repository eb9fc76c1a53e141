using System.CommandLine;
using Crm.Contacts.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`contacts create`.</summary>
internal static class ContactsCreate
{
    public static Command Create()
    {
        var options = new ContactOptions();
        var command = new Command("create", "Creates a contact. No attribute is required.");
        options.AddTo(command);
        return command.Runs(async (session, ct) =>
        {
            var contact = new Contact();
            await options.ReadAsync(session, contact, ct);
            var request = new CreateContactRequest { Account = session.RequireAccount(), Contact = contact, RequestId = RequestId.New() };
            var answer = await session.Services.Contacts.CreateContactAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Contact, $"Contact {answer.Contact.ContactId} created.");
        });
    }
}
