using System.CommandLine;
using System.Globalization;
using Crm.Accounts.V1;
using Crm.Tags.V1;
using Google.Protobuf.WellKnownTypes;
using Spectre.Console;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Tags;

/// <summary>Commands about the tag library.</summary>
internal static class TagCommands
{
    /// <summary>`tags`.</summary>
    public static Command Build() => new("tags", "The tag library, and tags on contacts.")
    {
        List(), Show(), Create(), Update(), Delete(), Restore(), TagChanges.Merge(), TagChanges.WhatIf(), TagChanges.Usages(),
        TagNaming.Check(), TagNaming.Audit(), TagNaming.Policy(), TagNaming.Dictionary(), TagReports.Counts(),
        TagReports.Overlap(), TagAssignments.Add(), TagAssignments.Remove(), TagsBulk.Bulk(), TagAssignments.Expiries(),
        TagEvents.History(), TagEvents.Watch(),
    };

    private static Command List()
    {
        var prefix = Options.Text("--prefix", "Only tags whose name starts with this, for example \"Source: \".");
        var search = Options.Text("--search", "Only tags whose name contains this.");
        var byUse = new Option<bool>("--by-use") { Description = "Most contacts first, instead of by name." };
        var deleted = new Option<bool>("--deleted") { Description = "Also deleted tags." };
        var (limit, skip) = (Options.Number("--limit", "How many at most; without it, all."), Options.Skip());
        var command = new Command("list", "Lists the tag library with the number of contacts per tag.") { prefix, search, byUse, deleted, limit, skip };
        return command.Runs(async (session, ct) =>
        {
            var request = new ListTagsRequest
            {
                Account = session.RequireAccount(),
                Prefix = session.Get(prefix) ?? "",
                Search = session.Get(search) ?? "",
                OrderBy = session.Get(byUse) ? ListTagsRequest.Types.OrderBy.ContactCount : ListTagsRequest.Types.OrderBy.Name,
                ShowDeleted = session.Get(deleted),
                Skip = session.Get(skip),
            };
            var most = session.Given(limit) ? session.Get(limit) : int.MaxValue;
            var all = await Pages.FirstAsync(request, most, r => session.Services.Tags.ListTagsAsync(r, cancellationToken: ct), page => page.Tags);
            session.Report.Write(all, () => ListView(all, session.Get(deleted)));
        });
    }

    private static Table ListView(ListTagsResponse all, bool withDeleted)
    {
        List<(string, Func<Tag, object?>)> columns =
        [
            ("tag", tag => tag.TagId), ("name", tag => tag.Name), ("contacts", tag => tag.ContactCount), ("description", tag => tag.Description),
        ];
        if (withDeleted)
            columns.Add(("deleted", tag => tag.DeleteTime));
        return Report.Table(all.Tags, [.. columns]);
    }

    private static Command Show()
    {
        var key = Keys.Tag.Argument();
        var command = new Command("show", "Shows a tag with its documentation and the number of its contacts.") { key };
        return command.Runs(async (session, ct) =>
        {
            var tag = await Keys.Tag.GetAsync(session, session.Get(key), ct);
            session.Report.Write(tag, () => ShowView(tag));
        });
    }

    private static Table ShowView(Tag tag)
    {
        var table = Report.Empty("attribute", "value");
        table.Row("tag", $"#{tag.TagId}");
        table.Row("name", tag.Name);
        table.Row("contacts", tag.ContactCount);
        foreach (var (name, value) in Texts(tag).Where(text => text.Value is not ""))
            table.Row(name, value);
        table.Row("created", tag.CreateTime);
        if (tag.DeleteTime is not null)
            table.Row("deleted", tag.DeleteTime);
        return table;
    }

    private static (string Name, string Value)[] Texts(Tag tag) =>
    [
        ("description", tag.Description), ("when to apply", tag.WhenToApply), ("examples", tag.Examples), ("owner", tag.Owner), ("color", tag.Color),
    ];

    private static Command Create()
    {
        var name = new Argument<string>("name") { Description = "The tag's name, for example \"Hot Lead\"; case-sensitive." };
        var documentation = new TagDocumentation();
        var command = new Command("create", "Creates a tag; reports similar names.") { name };
        documentation.AddTo(command);
        return command.Runs(async (session, ct) =>
        {
            var tag = new Tag { Name = session.Get(name) };
            documentation.Read(session, tag);
            var request = new CreateTagRequest { Account = session.RequireAccount(), Tag = tag, RequestId = RequestId.New() };
            var answer = await session.Services.Tags.CreateTagAsync(request, cancellationToken: ct);
            TagFindings.Note(session.Report, answer.Findings);
            session.Report.Write(answer.Tag, $"Tag \"{answer.Tag.Name}\" created with number {answer.Tag.TagId}.");
        });
    }

    private static Command Update()
    {
        var key = Keys.Tag.Argument();
        var name = Options.Text("--name", "The new name; see `tags what-if --rename`.", "name");
        var documentation = new TagDocumentation();
        var command = new Command("update", "Renames or documents a tag.") { key, name };
        documentation.AddTo(command);
        return command.Runs(async (session, ct) =>
        {
            var before = await Keys.Tag.GetAsync(session, session.Get(key), ct);
            var tag = new Tag { TagId = before.TagId, Name = session.Get(name) ?? "" };
            var mask = new FieldMask { Paths = { documentation.Read(session, tag) } };
            if (session.Get(name) is not null)
                mask.Paths.Add("name");
            if (mask.Paths.Count == 0)
                throw new CliError("There is nothing to change.", "Give --name, --description, --color, --when, --examples or --owner.");

            var request = new UpdateTagRequest { Account = session.RequireAccount(), Tag = tag, UpdateMask = mask, RequestId = RequestId.New() };
            var answer = await session.Services.Tags.UpdateTagAsync(request, cancellationToken: ct);
            TagFindings.Note(session.Report, answer.Findings);
            session.Report.Write(answer.Tag, $"Tag \"{answer.Tag.Name}\" updated.");
        });
    }

    private static Command Delete()
    {
        var key = Keys.Tag.Argument();
        var force = new Option<bool>("--force") { Description = "Delete it even if something uses it; its users become visibly invalid." };
        var command = new Command("delete", "Deletes a tag; `tags restore` restores it.") { key, force };
        return command.Runs(async (session, ct) =>
        {
            var tag = await Keys.Tag.GetAsync(session, session.Get(key), ct);
            var request = new DeleteTagRequest { Account = session.RequireAccount(), TagId = tag.TagId, Force = session.Get(force), RequestId = RequestId.New() };
            var answer = await session.Services.Tags.DeleteTagAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Tag, $"Tag \"{answer.Tag.Name}\" deleted from {tag.ContactCount:N0} contacts. To restore it: tagsegments tags restore {tag.TagId}");
        });
    }

    private static Command Restore()
    {
        var key = new Argument<string>("tag") { Description = "The deleted tag's number or, if only one was called so, its name; `tags list --deleted` shows both." };
        var command = new Command("restore", "Restores a deleted tag on the contacts that had it.") { key };
        return command.Runs(async (session, ct) =>
        {
            var tagId = await FindAsync(session, session.Get(key), ct);
            var request = new RestoreTagRequest { Account = session.RequireAccount(), TagId = tagId, RequestId = RequestId.New() };
            var answer = await session.Services.Tags.RestoreTagAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Tag, $"Tag \"{answer.Tag.Name}\" restored on {answer.Tag.ContactCount:N0} contacts.");
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
