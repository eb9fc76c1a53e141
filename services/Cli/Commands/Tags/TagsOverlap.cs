using System.CommandLine;
using Crm.Tags.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`tags overlap`.</summary>
internal static class TagsOverlap
{
    public static Command Create()
    {
        var tags = new Argument<string[]>("tag") { Description = "The tags' names, 2 to 50.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("overlap", "Counts for each pair of tags the contacts that have both.") { tags };
        return command.Runs(async (session, ct) =>
        {
            var names = session.Get(tags);
            var request = new GetTagOverlapRequest { Account = session.RequireAccount(), TagIds = { await TagKey.IdsAsync(session, names, ct) } };
            var answer = await session.Services.Reports.GetTagOverlapAsync(request, cancellationToken: ct);
            session.Report.Write(answer, () =>
            {
                var table = Report.Table(["tag", .. names]);
                foreach (var (row, name) in answer.Rows.Zip(names))
                    table.AddRow([name.Cell(), .. row.ContactCounts.Select(count => count.Cell())]);
                return table;
            });
        });
    }
}
