using System.Collections.Concurrent;
using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Crm.Activity.V1;
using Grpc.Core;
using Spectre.Console;
using TagSegments.Cli.Commands.Imports;
using TagSegments.Cli.Connection;

namespace TagSegments.Cli.Commands.Suppressions;

/// <summary>`suppressions import`: adds the addresses and domains of a file. It never removes any, and running it again changes nothing.</summary>
internal static class SuppressionImport
{
    private const int AtOnce = 8;
    private const int LongestSource = 200;

    // Words of other tools; what is none of them is suppressed all the same.
    private static readonly (Suppression.Types.Reason Reason, string[] Words)[] s_reasons =
    [
        (Suppression.Types.Reason.Bounced, ["bounce", "cleaned", "invalid"]),
        (Suppression.Types.Reason.Complained, ["complain", "spam", "abuse"]),
        (Suppression.Types.Reason.Unsubscribed, ["unsub", "opt-out", "opt_out", "opted out", "optout"]),
        (Suppression.Types.Reason.Manual, ["manual"]),
    ];

    /// <summary>`suppressions import`.</summary>
    public static Command Import()
    {
        var file = new Argument<string>("file") { Description = "One address or domain per line, or CSV with a column of them, also with gzip (.gz); - for standard input." };
        var column = Options.Text("--column", "The column with the addresses. Without it, the one that looks like addresses.", "column");
        var reasonColumn = Options.Text("--reason-column", "The column with reasons; for words that are none, --reason counts and the word is kept in the source.", "column");
        var timeColumn = Options.Text("--time-column", "The column with the times of the refusals; kept in the source.", "column");
        var channel = SuppressionCommands.ChannelOption();
        var reason = SuppressionCommands.ReasonOption();
        var source = Options.Text("--source", "Where the addresses come from. Defaults to the name of the file.");
        var command = new Command("import", "Adds the addresses and domains of a file to the list. It removes none, and may be run again.")
        {
            file, column, reasonColumn, timeColumn, channel, reason, source,
        };
        return command.Runs(async (session, ct) =>
        {
            var path = session.Get(file);
            var sample = new Suppression
            {
                Channel = SuppressionCommands.ChannelOf(session, channel),
                Reason = SuppressionCommands.ReasonOf(session, reason),
                Source = session.Get(source) ?? (path is "-" ? "standard input" : Path.GetFileName(path)),
            };
            await using var content = ImportFiles.Open(path);
            var columns = new SuppressionColumns(session.Get(column), session.Get(reasonColumn), session.Get(timeColumn));
            var (rows, header) = SuppressionFile.Read(content, columns, new AddressLook(sample.Channel));
            if (header.Length > 0)
                session.Report.Note($"Line 1 is the header; the addresses are in the column {header}.");
            return await AddAsync(session, sample, rows, ct);
        });
    }

    private static async Task<int> AddAsync(Session session, Suppression sample, List<SuppressionRow> rows, CancellationToken ct)
    {
        var (added, known) = (0, 0);
        var bad = new ConcurrentBag<(SuppressionRow Row, string Problem)>();
        await Parallel.ForEachAsync(rows, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (row, token) =>
        {
            var request = new AddSuppressionRequest { Account = session.RequireAccount(), Suppression = Of(row, sample), RequestId = RequestId.New() };
            try
            {
                var answer = await session.Services.Activities.AddSuppressionAsync(request, cancellationToken: token);
                _ = answer.Added ? Interlocked.Increment(ref added) : Interlocked.Increment(ref known);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.InvalidArgument)
            {
                bad.Add((row, e.Status.Detail));
            }
        });
        foreach (var (row, problem) in bad.OrderBy(one => one.Row.Line))
            session.Report.Failure(
                new JsonObject { ["line"] = row.Line, ["address"] = row.Address, ["problem"] = problem }, $"line {row.Line}: `{row.Address}`: {problem}");
        var sentence = string.Create(CultureInfo.InvariantCulture, $"{added:N0} new, {known:N0} already there, {bad.Count:N0} bad.");
        session.Report.Write(
            new JsonObject { ["new"] = added, ["already_there"] = known, ["bad"] = bad.Count }, () => new Text(sentence + Environment.NewLine));
        return bad.IsEmpty ? ExitCode.Done : ExitCode.Partial;
    }

    private static Suppression Of(SuppressionRow row, Suppression sample)
    {
        var reason = s_reasons.FirstOrDefault(known => known.Words.Any(word => row.Reason.Contains(word, StringComparison.OrdinalIgnoreCase))).Reason;
        string[] source = [sample.Source, reason == 0 ? row.Reason : "", row.Time];
        var text = string.Join(", ", source.Where(part => part.Length > 0));
        return new()
        {
            Channel = sample.Channel,
            Address = row.Address,
            Reason = reason == 0 ? sample.Reason : reason,
            Source = text.Length > LongestSource ? text[..LongestSource] : text,
        };
    }
}
