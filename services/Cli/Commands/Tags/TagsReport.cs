using System.CommandLine;
using Crm.Tags.V1;
using Google.Protobuf.WellKnownTypes;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`tags report`.</summary>
internal static class TagsReport
{
    private const int MaxTimes = 100;

    public static Command Create()
    {
        var tags = new Argument<string[]>("tag") { Description = "The tags' names, at most 50.", Arity = ArgumentArity.OneOrMore };
        var days = new Option<int>("--days") { Description = "How many days to look back.", DefaultValueFactory = _ => 30, HelpName = "n" };
        var every = new Option<int>("--every") { Description = "How many days between two counts.", DefaultValueFactory = _ => 1, HelpName = "n" };
        var command = new Command("report", "Counts the contacts of tags at past instants, exactly.") { tags, days, every };
        return command.Runs(async (session, ct) =>
        {
            var (back, step) = (session.Get(days), session.Get(every));
            if (back < 0 || step < 1 || back / step >= MaxTimes)
                throw new CliError($"--days {back} --every {step} does not give 1 to {MaxTimes} counts.", "Raise --every or lower --days.");

            var now = DateTimeOffset.UtcNow;
            var request = new GetTagHistoryRequest { Account = session.RequireAccount(), TagIds = { await TagKey.IdsAsync(session, session.Get(tags), ct) } };
            for (var day = back / step * step; day >= 0; day -= step)
                request.Times.Add(Timestamp.FromDateTimeOffset(now.AddDays(-day)));
            var answer = await session.Services.Reports.GetTagHistoryAsync(request, cancellationToken: ct);
            session.Report.Write(answer, () => View(request, answer, session.Get(tags)));
        });
    }

    private static Table View(GetTagHistoryRequest request, GetTagHistoryResponse answer, string[] names)
    {
        var table = Report.Table(["time", .. names]);
        for (var i = 0; i < request.Times.Count; i++)
            table.AddRow([request.Times[i].Cell(), .. answer.Histories.Select(history => history.ContactCounts[i].Cell())]);
        return table;
    }
}
