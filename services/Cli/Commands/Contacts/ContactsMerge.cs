using System.CommandLine;
using Crm.Contacts.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`contacts merge`.</summary>
internal static class ContactsMerge
{
    public static Command Create()
    {
        var kept = ContactKey.Argument();
        var duplicate = new Argument<string>("duplicate") { Description = "The duplicate, which is deleted." };
        var command = new Command("merge", "Merges a duplicate into a contact: tags and opportunities united, the stricter consent kept.") { kept, duplicate };
        return command.Runs(async (session, ct) =>
        {
            var answer = await session.Services.Contacts.MergeContactsAsync(new MergeContactsRequest
            {
                Account = session.RequireAccount(),
                ContactId = (await ContactKey.GetAsync(session, session.Get(kept), ct)).ContactId,
                DuplicateContactId = (await ContactKey.GetAsync(session, session.Get(duplicate), ct)).ContactId,
                RequestId = RequestId.New(),
            }, cancellationToken: ct);
            session.Report.Write(answer, $"Contact {answer.Contact.ContactId} got {answer.AddedTagIds.Count} tags and {answer.MovedOpportunities} opportunities.");
        });
    }
}
