using System.CommandLine;
using System.Globalization;
using Crm.Accounts.V1;
using Crm.Segments.V1;
using Spectre.Console;
using Spectre.Console.Rendering;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Segments;

/// <summary>`segments preview`.</summary>
internal static class SegmentPreview
{
    /// <summary>`segments preview`.</summary>
    public static Command Preview()
    {
        var filter = FilterArgument.Create();
        var sample = Options.Number("--sample", "How many contacts to show: 0 to 100.", least: 0, most: 100, standard: 10);
        var asOf = AsOfOption.Create();
        var command = new Command("preview", "Previews a filter, now or at a past instant: the count clause by clause, whom a campaign would reach, and some contacts.") { filter, sample, asOf };
        return command.Runs(async (session, ct) =>
        {
            var answer = await session.Services.Segments.PreviewSegmentAsync(new PreviewSegmentRequest
            {
                Account = session.RequireAccount(),
                Source = await FilterArgument.ResolveAsync(session, session.Get(filter), ct),
                SampleSize = session.Get(sample),
                AsOf = AsOfOption.Read(session.Get(asOf)),
            }, cancellationToken: ct);
            session.Report.Write(answer, () => PreviewView(answer));
        });
    }

    private static Rows PreviewView(PreviewSegmentResponse answer)
    {
        var time = Times.Text(answer.EvaluationTime);
        var parts = new List<IRenderable> { new Text($"{Number(answer.Count)} of {Number(answer.ContactCount)} contacts at {time}"), Funnel(answer), Reach(answer) };
        if (answer.Sample.Count > 0)
            parts.Add(Sample(answer));
        return new Rows(parts);
    }

    private static Table Funnel(PreviewSegmentResponse answer)
    {
        var table = Report.Empty("clause", "matches", "so far", "window");
        AddRows(table, answer.Funnel, "");
        return table;
    }

    private static void AddRows(Table table, FunnelNode node, string indent)
    {
        table.Row(
            indent + node.Text, node.Count, node.HasRunningCount ? node.RunningCount : null, string.Join("; ", node.Windows));
        foreach (var member in node.Members)
            AddRows(table, member, indent + "  ");
    }

    private static Table Reach(PreviewSegmentResponse answer) => Report.Table(
        answer.Channels,
        ("channel", reach => reach.Channel.ToString().ToLowerInvariant()), ("reachable", reach => reach.Reachable),
        ("subscribed", reach => reach.ReachableSubscribed), ("left out", reach => LeftOut(reach)));

    private static string LeftOut(ChannelReach reach) => string.Join(", ", new[]
    {
        (reach.NoAddress, "without address"), (reach.Unsubscribed, "unsubscribed"), (reach.DoNotDisturb, "do not disturb"),
        (reach.InvalidAddress, "no valid address"), (reach.AddressOptedOut, "address opted out"), (reach.DuplicateAddress, "duplicates"),
        (reach.Suppressed, "suppressed"), (reach.NeedsSmtputf8, "of those reachable where the mail server lacks SMTPUTF8"),
    }.Where(reason => reason.Item1 > 0).Select(reason => $"{Number(reason.Item1)} {reason.Item2}"));

    private static Table Sample(PreviewSegmentResponse answer) => Report.Table(
        answer.Sample,
        ("contact", c => c.ContactId), ("external id", c => c.ExternalId), ("e-mail", c => c.Email), ("phone", c => c.Phone),
        ("first name", c => c.FirstName), ("last name", c => c.LastName));

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
