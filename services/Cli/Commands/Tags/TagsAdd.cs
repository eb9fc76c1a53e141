using System.CommandLine;
using Crm.Tags.V1;
using Google.Protobuf.WellKnownTypes;

namespace TagSegments.Cli.Commands;

/// <summary>`tags add`.</summary>
internal static class TagsAdd
{
    public static Command Create()
    {
        var tags = new Argument<string[]>("tag") { Description = "The tags' names.", Arity = ArgumentArity.OneOrMore };
        var contact = ContactKey.Option();
        var create = new Option<bool>("--create") { Description = "Create tags that do not exist." };
        var days = new Option<double>("--remove-after-days") { Description = "Take the tags off the contact again after so many days.", HelpName = "n" };
        var command = new Command("add", "Adds tags to a contact. Tags that it has already stay as they are.") { tags, contact, create, days };
        return command.Runs(async (session, ct) =>
        {
            var target = await ContactKey.GetAsync(session, session.Get(contact)!, ct);
            var request = new AddTagsRequest
            {
                Account = session.RequireAccount(),
                ContactId = target.ContactId,
                TagNames = { session.Get(tags) },
                CreateMissing = session.Get(create),
                ExpireTime = session.Get(days) > 0 ? Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow.AddDays(session.Get(days))) : null,
                RequestId = RequestId.New(),
            };
            var answer = await session.Services.Tags.AddTagsAsync(request, cancellationToken: ct);
            TagFindings.Note(session.Report, answer.Findings);
            session.Report.Write(answer, $"{answer.AddedTagIds.Count} of {request.TagNames.Count} tags were new to contact {target.ContactId}.");
        });
    }
}
