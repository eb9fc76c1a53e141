using System.CommandLine;
using Crm.Accounts.V1;
using Crm.Tags.V1;
using Google.Protobuf.WellKnownTypes;
using Spectre.Console;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Tags;

/// <summary>Commands about the tags of one contact.</summary>
internal static class TagAssignments
{
    /// <summary>`tags add`.</summary>
    public static Command Add()
    {
        var tags = new Argument<string[]>("tag") { Description = "The tags' names.", Arity = ArgumentArity.OneOrMore };
        var contact = Keys.ContactOption();
        var create = new Option<bool>("--create") { Description = "Create tags that do not exist." };
        var days = new Option<double>("--remove-after-days") { Description = "Remove the tags from the contact again after this many days.", HelpName = "n" };
        var command = new Command("add", "Adds tags to a contact. Tags that it already has stay as they are.") { tags, contact, create, days };
        return command.Runs(async (session, ct) =>
        {
            var target = await Keys.Contact.GetAsync(session, session.Get(contact)!, ct);
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

    /// <summary>`tags remove`.</summary>
    public static Command Remove()
    {
        var tags = new Argument<string[]>("tag") { Description = "The tags' names.", Arity = ArgumentArity.OneOrMore };
        var contact = Keys.ContactOption();
        var command = new Command("remove", "Removes tags from a contact.") { tags, contact };
        return command.Runs(async (session, ct) =>
        {
            var target = await Keys.Contact.GetAsync(session, session.Get(contact)!, ct);
            var request = new RemoveTagsRequest
            {
                Account = session.RequireAccount(),
                ContactId = target.ContactId,
                TagNames = { session.Get(tags) },
                RequestId = RequestId.New(),
            };
            var answer = await session.Services.Tags.RemoveTagsAsync(request, cancellationToken: ct);
            session.Report.Write(answer, $"{answer.RemovedTagIds.Count} of {request.TagNames.Count} tags were removed from contact {target.ContactId}.");
        });
    }

    /// <summary>`tags expiries`.</summary>
    public static Command Expiries()
    {
        var tag = Options.Text("--tag", "Only this tag.", "name");
        var contact = Options.ContactNumber("Only the contact with this number.");
        var limit = Options.Limit(100, "How many at most, 1 to 1,000.", most: 1000);
        var command = new Command("expiries", "Lists which tags will be removed from which contacts, and when; soonest first.") { tag, contact, limit };
        return command.Runs(async (session, ct) =>
        {
            var request = new ListTagExpiriesRequest
            {
                Account = session.RequireAccount(),
                TagId = session.Get(tag) is { } name ? (await Keys.Tag.GetAsync(session, name, ct)).TagId : 0,
                ContactId = session.Get(contact),
                PageSize = session.Get(limit),
            };
            var found = await session.Services.Tags.ListTagExpiriesAsync(request, cancellationToken: ct);
            var names = await Names.FindAsync(session, found.Expiries.Select(expiry => expiry.TagId), [], [], ct);
            session.Report.Write(found, () => ExpiriesView(found, names));
        });
    }

    private static Table ExpiriesView(ListTagExpiriesResponse found, Names names) => Report.Table(
        found.Expiries,
        ("expires", expiry => expiry.ExpireTime), ("contact", expiry => expiry.ContactId),
        ("tag", expiry => names.Tag(expiry.TagId)));
}
