using System.CommandLine;
using Crm.Accounts.V1;
using Crm.Tags.V1;
using Google.Protobuf.WellKnownTypes;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Tags;

/// <summary>Commands that count the contacts of tags.</summary>
internal static class TagReports
{
    private const int MaxTimes = 100;

    /// <summary>`tags report`.</summary>
    public static Command Counts()
    {
        var tags = new Argument<string[]>("tag") { Description = "The tags' names, at most 50.", Arity = ArgumentArity.OneOrMore };
        var days = Options.Number("--days", "How many days to look back.", standard: 30);
        var every = Options.Number("--every", "How many days between two counts.", standard: 1);
        var command = new Command("report", "Counts the contacts of tags at past instants, exactly.") { tags, days, every };
        return command.Runs(async (session, ct) =>
        {
            var (back, step) = (session.Get(days), session.Get(every));
            if (back < 0 || step < 1 || back / step >= MaxTimes)
                throw new CliError($"--days {back} --every {step} does not give 1 to {MaxTimes} counts.", "Raise --every or lower --days.");

            var now = DateTimeOffset.UtcNow;
            var request = new GetTagHistoryRequest { Account = session.RequireAccount(), TagIds = { await Keys.Tag.IdsAsync(session, session.Get(tags), tag => tag.TagId, ct) } };
            for (var day = back / step * step; day >= 0; day -= step)
                request.Times.Add(Timestamp.FromDateTimeOffset(now.AddDays(-day)));
            var answer = await session.Services.Reports.GetTagHistoryAsync(request, cancellationToken: ct);
            session.Report.Write(answer, () => CountsView(request, answer, session.Get(tags)));
        });
    }

    private static Table CountsView(GetTagHistoryRequest request, GetTagHistoryResponse answer, string[] names)
    {
        var table = Report.Empty(["time", .. names]);
        for (var i = 0; i < request.Times.Count; i++)
            table.Row([request.Times[i], .. answer.Histories.Select(history => (object)history.ContactCounts[i])]);
        return table;
    }

    /// <summary>`tags overlap`.</summary>
    public static Command Overlap()
    {
        var tags = new Argument<string[]>("tag") { Description = "The tags' names, 2 to 50.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("overlap", "Counts for each pair of tags the contacts that have both.") { tags };
        return command.Runs(async (session, ct) =>
        {
            var names = session.Get(tags);
            var request = new GetTagOverlapRequest { Account = session.RequireAccount(), TagIds = { await Keys.Tag.IdsAsync(session, names, tag => tag.TagId, ct) } };
            var answer = await session.Services.Reports.GetTagOverlapAsync(request, cancellationToken: ct);
            session.Report.Write(answer, () =>
            {
                var table = Report.Empty(["tag", .. names]);
                foreach (var (row, name) in answer.Rows.Zip(names))
                    table.Row([name, .. row.ContactCounts.Select(count => (object)count)]);
                return table;
            });
        });
    }
}
