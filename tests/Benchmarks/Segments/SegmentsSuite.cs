using System.Diagnostics;
using Crm.Segments.V1;
using Dapper;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TagSegments.ServiceDefaults;
using TagSegments.Testing;

namespace TagSegments.Benchmarks.Segments;

/// <summary>
/// The segment engine on a generated account, through gRPC. "empty" is a health check on the same host: an empty unary call that passes
/// the same interceptors. Beside it run plain SQL on our chunks and the best SQL on a row per assignment.
/// </summary>
internal sealed class SegmentsSuite(BenchmarkOptions options, Report report, TestApps apps, NpgsqlDataSource db, SegmentsData data)
{
    private const string Account = "benchmark";
    private const int Callers = 64;
    private readonly Dictionary<string, FilterSource> _sources = [];
    private readonly Health.HealthClient _health = new(apps.Channel(Service.Segments));

    public static async Task RunAsync(BenchmarkOptions options, Report report)
    {
        await using var apps = await TestApps.StartAsync(new TestAppsOptions
        {
            Services = [Service.Tags, Service.Segments],
            Settings = new Dictionary<string, string?> { ["Segments:ShadowShare"] = "0" },
        });
        await using var db = NpgsqlDataSource.Create(apps.Database.OwnerConnectionString);
        var data = new SegmentsData(db, options);
        await data.CreateAsync(Account);
        await new SegmentsSuite(options, report, apps, db, data).MeasureAsync();
    }

    private async Task MeasureAsync()
    {
        foreach (var question in Question.All)
        {
            var parsed = await apps.Segments.ParseFilterAsync(new ParseFilterRequest { Account = Account, Source = new FilterSource { Text = question.Text } });
            _sources[question.Name] = new FilterSource { Filter = parsed.Filter };
            await CompareAsync(question);
        }

        await ThroughputAsync(Question.All[1]);
        await PagesAsync(_sources[Question.All[1].Name]);
        await StreamsAsync(Question.All[1]);
        await ExplainAsync();
        await new IndexCosts(report, apps, data).MeasureAsync();
        await new Freshness(report, apps, Account).MeasureAsync();
    }

    private async Task CompareAsync(Question question)
    {
        // Calls are short: many of them for each repetition of the slow yardsticks.
        var calls = await Interleaved.MedianAsync(options.Rounds * (question.ChunkSql is null ? 5 : 100), EmptyAsync, () => CountAsync(question));
        var rows = await Interleaved.MedianAsync(options.Rounds, () => QueryAsync(question.RowSql));
        await RequireEqualAsync(question);

        report.AtMost(question.Name, calls[1], "empty call", calls[0], "ms", question.TargetOfEmpty);
        report.Compare(question.Name, calls[1], "best SQL on rows", rows[0], "ms");
        if (question.ChunkSql is { } sql)
        {
            var chunks = await Interleaved.MedianAsync(options.Rounds, () => QueryAsync(sql));
            report.Compare(question.Name, calls[1], "SQL on chunks", chunks[0], "ms");
        }
    }

    private async Task ThroughputAsync(Question question)
    {
        var (empty, ours) = (new List<double>(), new List<double>());
        for (var round = 0; round < options.Rounds; round++)
        {
            empty.Add(await CallsPerSecondAsync(EmptyAsync));
            ours.Add(await CallsPerSecondAsync(() => CountAsync(question)));
        }

        report.AtLeast(
            $"{question.Name}, {Callers} callers", Interleaved.Median(ours), "empty call", Interleaved.Median(empty), "calls/s", 0.4);
    }

    private static async Task<double> CallsPerSecondAsync(Func<Task> call)
    {
        var start = Stopwatch.GetTimestamp();
        var calls = 0;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(1))
            {
                await call();
                Interlocked.Increment(ref calls);
            }
        }));
        return calls / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private async Task PagesAsync(FilterSource source)
    {
        var first = new ListMatchesRequest { Account = Account, Source = source, PageSize = 50 };
        var last = first.Clone();
        var position = (options.Contacts * 95 / 100).ToString(System.Globalization.CultureInfo.InvariantCulture);
        last.PageToken = apps.App(Service.Segments).Services.GetRequiredService<PageTokens>().Create(first, position);
        var medians = await Interleaved.MedianAsync(
            options.Rounds * 100,
            EmptyAsync,
            async () => await apps.Segments.ListMatchesAsync(first),
            async () => await apps.Segments.ListMatchesAsync(last));
        report.AtMost("first page of 50", medians[1], "empty call", medians[0], "ms", 4);
        report.AtMost("a page of 50 near the end", medians[2], "empty call", medians[0], "ms", 4);
        report.AtMost("a page of 50 near the end", medians[2], "first page", medians[1], "ms", 1.3);
    }

    private async Task StreamsAsync(Question question)
    {
        var count = await CountAsync(question);
        var medians = await Interleaved.MedianAsync(options.Rounds, () => StreamAsync(question));
        report.AtLeast("stream of " + question.Name["count of ".Length..], count / medians[0] / 1_000, "one million ids/s", 1, "M ids/s", 20);
    }

    private async Task ExplainAsync()
    {
        var text = string.Join(" AND ", Enumerable.Range(1, 20).Select(i => i % 4 == 0 ? $"first_name != \"Name {i}\"" : $"NOT has tag \"Tag {i + 400}\""));
        var medians = await Interleaved.MedianAsync(options.Rounds * 5, async () => await apps.Segments.ExplainContactAsync(
            new ExplainContactRequest { Account = Account, ContactId = 777, Source = new FilterSource { Text = text } }));
        report.AtMost("explain one contact, 20 clauses", medians[0], "the target itself", 5, "ms", 1);
    }

    private async Task EmptyAsync() => await _health.CheckAsync(new HealthCheckRequest());

    private async Task<int> CountAsync(Question question) =>
        (await apps.Segments.CountContactsAsync(new CountContactsRequest { Account = Account, Source = _sources[question.Name] })).Count;

    private async Task StreamAsync(Question question)
    {
        using var call = apps.Segments.StreamMatches(new StreamMatchesRequest { Account = Account, Source = _sources[question.Name] });
        while (await call.ResponseStream.MoveNext())
        {
        }
    }

    private async Task<long> QueryAsync(string sql)
    {
        await using var connection = await db.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition(sql, new { data.AccountId }, commandTimeout: 0));
    }

    // Windows end at now, which moves between the two: nothing happens meanwhile, but events leave the window.
    private async Task RequireEqualAsync(Question question)
    {
        var (ours, rows) = (await CountAsync(question), await QueryAsync(question.RowSql));
        var tolerance = question.ChunkSql is null ? Math.Max(5, rows / 1_000) : 0;
        if (Math.Abs(ours - rows) > tolerance || (question.ChunkSql is { } sql && await QueryAsync(sql) != ours))
        {
            throw new InvalidOperationException($"The answers to \"{question.Name}\" differ: {ours} and {rows}.");
        }
    }
}
