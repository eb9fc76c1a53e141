using System.CommandLine;
using Crm.Tags.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`tags usages`.</summary>
internal static class TagsUsages
{
    public static Command Create()
    {
        var key = TagKey.Argument();
        var command = new Command("usages", "Lists the segments, campaigns and workflows that use a tag.") { key };
        return command.Runs(async (session, ct) =>
        {
            var tag = await TagKey.GetAsync(session, session.Get(key), ct);
            var request = new ListTagUsagesRequest { Account = session.RequireAccount(), TagId = tag.TagId };
            var answer = await session.Services.Governance.ListTagUsagesAsync(request, cancellationToken: ct);
            if (answer.Usages is [])
            {
                session.Report.Write(answer, $"Nothing uses \"{tag.Name}\".");
                return;
            }

            session.Report.Write(answer, () =>
            {
                var table = Report.Table("used by", "name", "id");
                foreach (var usage in answer.Usages)
                    table.AddRow(usage.Resource.Replace('_', ' ').Cell(), usage.Name.Cell(), usage.Id.Cell());
                return table;
            });
        });
    }
}
