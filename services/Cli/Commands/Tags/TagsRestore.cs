using System.CommandLine;
using Crm.Tags.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`tags restore`.</summary>
internal static class TagsRestore
{
    public static Command Create()
    {
        var key = new Argument<string>("tag") { Description = "The deleted tag's number; `tags list --deleted` shows it." };
        var command = new Command("restore", "Brings a deleted tag back on the contacts that had it.") { key };
        return command.Runs(async (session, ct) =>
        {
            var tag = await TagKey.GetAsync(session, $"#{session.Get(key).TrimStart('#')}", ct);
            var request = new RestoreTagRequest { Account = session.RequireAccount(), TagId = tag.TagId, RequestId = RequestId.New() };
            var answer = await session.Services.Tags.RestoreTagAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Tag, $"Tag \"{answer.Tag.Name}\" is back on {answer.Tag.ContactCount:N0} contacts.");
        });
    }
}
