using System.CommandLine;
using System.Globalization;
using Crm.Segments.V1;
using Spectre.Console;
using Spectre.Console.Rendering;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`segments preview`.</summary>
internal static class SegmentsPreview
{
    public static Command Create()
    {
        var filter = FilterArgument.Create();
        var sample = new Option<int>("--sample") { Description = "How many contacts to show: 0 to 100.", DefaultValueFactory = _ => 10, HelpName = "n" };
        var asOf = AsOfOption.Create();
        var command = new Command("preview", "Shows what a filter comes to, or did at a past instant: the count clause by clause, whom a campaign would reach, some contacts.") { filter, sample, asOf };
        return command.Runs(async (session, ct) =>
        {
            var answer = await session.Services.Segments.PreviewSegmentAsync(new PreviewSegmentRequest
            {
                Account = session.RequireAccount(),
                Source = await FilterArgument.ResolveAsync(session, session.Get(filter), ct),
                SampleSize = session.Get(sample),
                AsOf = AsOfOption.Read(session.Get(asOf)),
            }, cancellationToken: ct);
            session.Report.Write(answer, () => View(answer));
        });
    }

    private static Rows View(PreviewSegmentResponse answer)
    {
        var time = answer.EvaluationTime.ToDateTime().ToString("u", CultureInfo.InvariantCulture);
        var parts = new List<IRenderable> { new Text($"{Number(answer.Count)} of {Number(answer.ContactCount)} contacts at {time}"), Funnel(answer), Reach(answer) };
        if (answer.Sample.Count > 0)
            parts.Add(Sample(answer));
        return new Rows(parts);
    }

    private static Table Funnel(PreviewSegmentResponse answer)
    {
        var table = Report.Table("clause", "matches", "so far", "window");
        AddRows(table, answer.Funnel, "");
        return table;
    }

    private static void AddRows(Table table, FunnelNode node, string indent)
    {
        table.AddRow(
            (indent + node.Text).Cell(),
            node.Count.Cell(),
            node.HasRunningCount ? node.RunningCount.Cell() : "".Cell(),
            string.Join("; ", node.Windows).Cell());
        foreach (var member in node.Members)
            AddRows(table, member, indent + "  ");
    }

    private static Table Reach(PreviewSegmentResponse answer)
    {
        var table = Report.Table("channel", "reachable", "subscribed", "left out");
        foreach (var reach in answer.Channels)
            table.AddRow(reach.Channel.ToString().ToLowerInvariant().Cell(), reach.Reachable.Cell(), reach.ReachableSubscribed.Cell(), LeftOut(reach).Cell());
        return table;
    }

    private static string LeftOut(ChannelReach reach) => string.Join(", ", new[]
    {
        (reach.NoAddress, "without address"), (reach.Unsubscribed, "unsubscribed"), (reach.DoNotDisturb, "do not disturb"),
        (reach.InvalidAddress, "no valid address"), (reach.AddressOptedOut, "address opted out"), (reach.DuplicateAddress, "duplicates"),
        (reach.Suppressed, "suppressed"),
    }.Where(reason => reason.Item1 > 0).Select(reason => $"{Number(reason.Item1)} {reason.Item2}"));

    private static Table Sample(PreviewSegmentResponse answer)
    {
        var table = Report.Table("contact", "external id", "e-mail", "phone", "first name", "last name");
        foreach (var c in answer.Sample)
            table.AddRow(c.ContactId.Cell(), c.ExternalId.Cell(), c.Email.Cell(), c.Phone.Cell(), c.FirstName.Cell(), c.LastName.Cell());
        return table;
    }

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
