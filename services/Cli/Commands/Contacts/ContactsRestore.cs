using System.CommandLine;
using Crm.Contacts.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`contacts restore`.</summary>
internal static class ContactsRestore
{
    public static Command Create()
    {
        var key = ContactKey.Argument();
        var command = new Command("restore", "Brings a deleted contact back with everything it had.") { key };
        return command.Runs(async (session, ct) =>
        {
            var contact = await ContactKey.GetAsync(session, session.Get(key), ct);
            var request = new RestoreContactRequest { Account = session.RequireAccount(), ContactId = contact.ContactId, RequestId = RequestId.New() };
            var answer = await session.Services.Contacts.RestoreContactAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Contact, $"Contact {contact.ContactId} is back.");
        });
    }
}
