using System.CommandLine;
using System.Globalization;
using Crm.Tags.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`tags restore`.</summary>
internal static class TagsRestore
{
    public static Command Create()
    {
        var key = new Argument<string>("tag") { Description = "The deleted tag's number or, if only one was called so, its name; `tags list --deleted` shows both." };
        var command = new Command("restore", "Brings a deleted tag back on the contacts that had it.") { key };
        return command.Runs(async (session, ct) =>
        {
            var tagId = await FindAsync(session, session.Get(key), ct);
            var request = new RestoreTagRequest { Account = session.RequireAccount(), TagId = tagId, RequestId = RequestId.New() };
            var answer = await session.Services.Tags.RestoreTagAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Tag, $"Tag \"{answer.Tag.Name}\" is back on {answer.Tag.ContactCount:N0} contacts.");
        });
    }

    private static async Task<int> FindAsync(Session session, string key, CancellationToken ct)
    {
        if (int.TryParse(key.TrimStart('#'), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;

        var request = new ListTagsRequest { Account = session.RequireAccount(), Prefix = key, ShowDeleted = true, PageSize = 1000 };
        var tags = (await session.Services.Tags.ListTagsAsync(request, cancellationToken: ct)).Tags.Where(tag => tag.Name == key).ToList();
        return tags.Where(tag => tag.DeleteTime is not null).ToList() switch
        {
            [var deleted] => deleted.TagId,
            [] when tags is [var there] => there.TagId,
            [] => throw new CliError($"No tag was called \"{key}\".", "See: tagsegments tags list --deleted", ExitCode.Refused),
            var several => throw new CliError(
                $"{several.Count} deleted tags were called \"{key}\": {string.Join(", ", several.Select(tag => $"#{tag.TagId}"))}.",
                "Give one of the numbers.",
                ExitCode.Refused),
        };
    }
}
