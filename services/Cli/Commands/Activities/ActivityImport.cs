using System.CommandLine;
using System.Text.Json.Nodes;
using Crm.Accounts.V1;
using Crm.Activity.V1;
using Crm.Contacts.V1;
using Grpc.Core;
using TagSegments.Cli.Commands.Imports;

namespace TagSegments.Cli.Commands.Activities;

/// <summary>`activities import`: brings the activities of another tool along. A row is recorded once, however often its file is imported.</summary>
internal static class ActivityImport
{
    private const int Attempts = 4;
    private const int MostAtOnce = 5_000;
    private const int MostBytes = 1_000_000;
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <summary>`activities`.</summary>
    public static Command Build()
    {
        var files = new Argument<string[]>("file")
        {
            Description = "CSV files, files with a JSON object per line, archives of them (.zip, .gz), or - for standard input.",
            Arity = ArgumentArity.OneOrMore,
        };
        var set = new ActivityOptionSet();
        var import = new Command("import", "Records opens, clicks, purchases and other events of another tool with their own times. Workflows do not start; running it again records nothing twice.") { files };
        set.AddTo(import);
        return new("activities", "What contacts did: opens, clicks, purchases and other events.")
        {
            import.Runs((session, ct) => RunAsync(session, session.Get(files)!, new ActivityOptions(set, session), ct)),
        };
    }

    private static async Task<int> RunAsync(Session session, string[] paths, ActivityOptions options, CancellationToken ct)
    {
        var account = (await session.Services.Accounts.GetAccountAsync(new() { Account = session.RequireAccount() }, cancellationToken: ct)).Account;
        var times = new ActivityTimes(options.TimeFormat, options.ZoneOr(account.TimeZone));
        var files = new List<ActivityFile>();
        try
        {
            // Every file is looked at before anything of the first one is recorded.
            foreach (var (name, open) in options.OfActivities([.. ImportFiles.Of(paths)]))
                files.Add(options.Open(name, open()));
            List<ActivityReader> readers = [.. files.Select(file => new ActivityReader(file, options, times))];
            var counts = await ImportView.ShowAsync(session.Report, progress => RecordAsync(session, readers, options, progress, ct));
            session.Report.Write(counts.ToJson(), () => counts.Show(options.DryRun ? readers : []));
            return counts.Bad + counts.UnknownContacts > 0 ? ExitCode.Partial : ExitCode.Done;
        }
        finally
        {
            files.ForEach(file => file.Dispose());
        }
    }

    private static async Task<ActivityCounts> RecordAsync(
        Session session, List<ActivityReader> readers, ActivityOptions options, Action<ImportProgress> onProgress, CancellationToken ct)
    {
        var counts = new ActivityCounts();
        // A dry run does not find in the account what it has not recorded there.
        var seen = options.DryRun ? new HashSet<string>(StringComparer.Ordinal) : null;
        foreach (var reader in readers)
        {
            var (batch, bytes) = (new List<ReadActivity>(), 0);
            foreach (var read in reader.Read())
            {
                counts.Rows++;
                if (read.Activity is not { } activity)
                {
                    Leave(session, reader, read, counts);
                    continue;
                }

                counts.Add(read);
                if (seen?.Add(activity.DedupeKey) == false)
                {
                    counts.Known++;
                    continue;
                }

                batch.Add(read);
                if (batch.Count >= MostAtOnce || (bytes += activity.CalculateSize()) >= MostBytes)
                {
                    await SendAsync(session, reader, batch, options, counts, ct);
                    (batch, bytes) = ([], 0);
                    onProgress(new() { Rows = counts.Rows });
                }
            }

            await SendAsync(session, reader, batch, options, counts, ct);
        }

        return counts;
    }

    private static async Task SendAsync(
        Session session, ActivityReader reader, List<ReadActivity> batch, ActivityOptions options, ActivityCounts counts, CancellationToken ct)
    {
        if (batch.Count == 0)
            return;

        var request = new RecordActivitiesRequest
        {
            Account = session.RequireAccount(),
            Activities = { batch.Select(read => read.Activity) },
            SkipWorkflows = !options.StartWorkflows,
            AllowPartial = true,
            DryRun = options.DryRun,
        };
        var answer = await RecordAsync(session, request, ct);
        foreach (var refused in answer.Refused)
            Fail(session, reader, batch[refused.Index].Row, refused.UnknownContact ? refused.Message : $"{refused.Field} {refused.Message}", refused.UnknownContact);
        var unknown = answer.Refused.Count(refused => refused.UnknownContact);
        counts.UnknownContacts += unknown;
        counts.Bad += answer.Refused.Count - unknown;
        counts.Recorded += answer.Recorded;
        counts.Known += batch.Count - answer.Recorded - answer.Refused.Count;
    }

    // A file is long, and a service may be started anew meanwhile. The keys of the activities keep anything from being recorded twice.
    private static async Task<RecordActivitiesResponse> RecordAsync(Session session, RecordActivitiesRequest request, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await session.Services.Activities.RecordActivitiesAsync(request, cancellationToken: ct);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable && attempt < Attempts)
            {
                await Task.Delay(s_pause * attempt, ct);
            }
        }
    }

    private static void Leave(Session session, ActivityReader reader, ReadActivity read, ActivityCounts counts)
    {
        if (read.Problem.Length == 0)
        {
            counts.LeftOut++;
            return;
        }

        counts.Bad++;
        Fail(session, reader, read.Row, read.Problem, unknownContact: false);
    }

    private static void Fail(Session session, ActivityReader reader, ActivityRow row, string problem, bool unknownContact) => session.Report.Failure(
        new JsonObject { ["file"] = reader.Name, ["line"] = row.Line, ["problem"] = problem, ["unknown_contact"] = unknownContact }, $"{reader.Name} line {row.Line}: {problem}");
}
