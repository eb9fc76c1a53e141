using System.CommandLine;
using Crm.Contacts.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`contacts delete`.</summary>
internal static class ContactsDelete
{
    public static Command Create()
    {
        var key = ContactKey.Argument();
        var command = new Command("delete", "Deletes a contact; `contacts restore` brings it back.") { key };
        return command.Runs(async (session, ct) =>
        {
            var contact = await ContactKey.GetAsync(session, session.Get(key), ct);
            var request = new DeleteContactRequest { Account = session.RequireAccount(), ContactId = contact.ContactId, RequestId = RequestId.New() };
            var answer = await session.Services.Contacts.DeleteContactAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Contact, $"Contact {contact.ContactId} deleted.");
        });
    }
}
