using System.CommandLine;
using Crm.Tags.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`tags delete`.</summary>
internal static class TagsDelete
{
    public static Command Create()
    {
        var key = TagKey.Argument();
        var force = new Option<bool>("--force") { Description = "Delete it even if something uses it; that becomes invalid, visibly." };
        var command = new Command("delete", "Deletes a tag; `tags restore` brings it back.") { key, force };
        return command.Runs(async (session, ct) =>
        {
            var tag = await TagKey.GetAsync(session, session.Get(key), ct);
            var request = new DeleteTagRequest { Account = session.RequireAccount(), TagId = tag.TagId, Force = session.Get(force), RequestId = RequestId.New() };
            var answer = await session.Services.Tags.DeleteTagAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Tag, $"Tag \"{answer.Tag.Name}\" deleted from {tag.ContactCount:N0} contacts. Bring it back with: tagsegments tags restore {tag.TagId}");
        });
    }
}
