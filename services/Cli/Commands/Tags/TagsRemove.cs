using System.CommandLine;
using Crm.Tags.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`tags remove`.</summary>
internal static class TagsRemove
{
    public static Command Create()
    {
        var tags = new Argument<string[]>("tag") { Description = "The tags' names.", Arity = ArgumentArity.OneOrMore };
        var contact = ContactKey.Option();
        var command = new Command("remove", "Removes tags from a contact.") { tags, contact };
        return command.Runs(async (session, ct) =>
        {
            var target = await ContactKey.GetAsync(session, session.Get(contact)!, ct);
            var request = new RemoveTagsRequest
            {
                Account = session.RequireAccount(),
                ContactId = target.ContactId,
                TagNames = { session.Get(tags) },
                RequestId = RequestId.New(),
            };
            var answer = await session.Services.Tags.RemoveTagsAsync(request, cancellationToken: ct);
            session.Report.Write(answer, $"{answer.RemovedTagIds.Count} of {request.TagNames.Count} tags were on contact {target.ContactId} and are gone.");
        });
    }
}
