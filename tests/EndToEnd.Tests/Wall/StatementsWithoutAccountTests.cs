using System.Text;
using Dapper;
using Google.Protobuf;
using Grpc.Core;
using Npgsql;
using TagSegments.Chaos.Hostile;
using TagSegments.Testing;
using TagSegments.Testing.EveryCall;
using Xunit.Abstractions;

namespace TagSegments.EndToEnd.Tests.Wall;

/// <summary>
/// Finding 8: every statement of the services loses its conditions on the account, and all calls of an account are made. No answer holds what is
/// another account's, and nothing of that account changes.
/// </summary>
public sealed class StatementsWithoutAccountTests(ITestOutputHelper output)
{
    private const string Mark = "xyzzy";
    private static readonly TimeSpan s_endless = TimeSpan.FromMilliseconds(500);

    // A call may come to no end without its conditions.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    // Calls of the platform, which has all accounts.
    private static readonly string[] s_platform = ["AccountService/ListAccounts", "AccountService/CreateAccount"];

    [Fact]
    public async Task Finding_8_no_account_sees_or_changes_what_is_anothers_without_the_conditions()
    {
        var run = await RunAsync(wall: true);

        output.WriteLine($"{run.Changed} statements changed, {run.Answered} calls answered");
        Assert.Empty(run.Leaks);
        Assert.Equal(run.Before, run.After);
        Assert.InRange(run.Changed, 150, int.MaxValue);
        Assert.InRange(run.Answered, 100, int.MaxValue);
    }

    [Fact]
    public async Task Finding_8_without_the_conditions_and_without_the_wall_answers_hold_what_is_anothers()
    {
        var run = await RunAsync(wall: false);

        // Most calls fail, because they find two rows where there should be one.
        Assert.NotEmpty(run.Leaks);
    }

    private static async Task<Run> RunAsync(bool wall)
    {
        await using var database = await (await PostgresFixture.SharedAsync()).CreateDatabaseAsync();
        var random = new Random(1);
        var (own, other) = (new World("own"), new World("other"));
        await using (var right = await TestApps.StartAsync(new() { Database = database.Through(null) }))
        {
            await CreateAsync(right, other, random, Marked);
            await CreateAsync(right, own, random, text => text);
            await WorkIsDoneAsync(database);
        }

        if (!wall)
        {
            await Testing.Wall.LowerAsync(database);
        }

        var before = await RowsAsync(database);
        var server = new NpgsqlConnectionStringBuilder(database.OwnerConnectionString);
        await using var proxy = new StatementProxy(server.Host!, server.Port);
        await using var wrong = await TestApps.StartAsync(new() { Database = database.Through(proxy.Port) });
        var (leaks, answered) = (new List<string>(), 0);
        foreach (var call in ApiCall.All.Where(call => !s_platform.Any(name => call.Name.EndsWith(name, StringComparison.Ordinal))).OrderByDescending(call => call.Reads))
        {
            var (isAnswered, leak) = await CallAsync(wrong, call, ValidRequests.Next(call, own, random));
            answered += isAnswered ? 1 : 0;
            leaks.AddRange(leak is null ? [] : [$"{call.Name}: {leak}"]);
        }

        return new Run(leaks, answered, proxy.Changed.Count, before, await RowsAsync(database));
    }

    private static string Marked(string request) => request
        .Replace("Ada", Mark, StringComparison.Ordinal)
        .Replace("Deal", Mark, StringComparison.Ordinal)
        .Replace("Sales", Mark, StringComparison.Ordinal)
        .Replace("@example.com", $"@{Mark}.example.com", StringComparison.Ordinal)
        .Replace(" $new", $" {Mark} $new", StringComparison.Ordinal);

    private static async Task CreateAsync(TestApps apps, World world, Random random, Func<string, string> edit)
    {
        foreach (var (call, request) in WorldRequests.All)
        {
            var options = new CallOptions(deadline: Eventually.Deadline);
            var message = ValidRequests.Make(call, edit(request), world, random);
            var result = await call.CallAsync(apps.Channel(call.Host).CreateCallInvoker(), options, message.ToByteArray());
            // A workflow that was drawn may be published already, or not yet.
            Assert.True(result.Failure is null or { Status: StatusCode.FailedPrecondition }, $"{call.Name}: {result.Failure}");
            if (result.Answer is { } answer)
            {
                world.Learn(call.Descriptor.OutputType.Parser.ParseFrom(answer), random);
            }
        }
    }

    private static async Task<(bool IsAnswered, string? Leak)> CallAsync(TestApps apps, ApiCall call, IMessage request)
    {
        var options = new CallOptions(deadline: DateTime.UtcNow + (call.IsEndless ? s_endless : s_limit));
        using var answers = call.Begin(apps.Channel(call.Host).CreateCallInvoker(), options);
        var isAnswered = false;
        try
        {
            await answers.RequestStream.WriteAsync(request.ToByteArray());
            await answers.RequestStream.CompleteAsync();
            while (await answers.ResponseStream.MoveNext(CancellationToken.None))
            {
                isAnswered = true;
                if (answers.ResponseStream.Current.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Mark)) >= 0)
                {
                    return (true, call.Descriptor.OutputType.Parser.ParseFrom(answers.ResponseStream.Current).ToString());
                }
            }
        }
        catch (RpcException e)
        {
            return (isAnswered, e.Status.Detail.Contains(Mark, StringComparison.Ordinal) ? e.Status.Detail : null);
        }

        return (isAnswered, null);
    }

    // What the calls have started: messages, operations, runs.
    private static async Task WorkIsDoneAsync(TestDatabase database)
    {
        var last = new Dictionary<string, string>();
        await Eventually.ReadAsync(
            async () =>
            {
                await Task.Delay(TimeSpan.FromSeconds(3));
                var before = last;
                last = await RowsAsync(database);
                return last.All(table => before.GetValueOrDefault(table.Key) == table.Value);
            },
            isDone => isDone);
    }

    // Everything that the other account has, by table.
    private static async Task<Dictionary<string, string>> RowsAsync(TestDatabase database)
    {
        const string tableSql = """
            SELECT c.oid::regclass::text
            FROM pg_class c
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id'
            WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace::regnamespace::text NOT LIKE 'pg\_%'
            ORDER BY 1
            """;
        await using var owner = new NpgsqlConnection(database.OwnerConnectionString);
        var rows = new Dictionary<string, string>();
        foreach (var table in (await owner.QueryAsync<string>(tableSql)).AsList())
        {
            rows[table] = await owner.ExecuteScalarAsync<string>($"SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, '' ORDER BY t::text)), '') FROM {table} t WHERE account_id = 1") ?? "";
        }

        return rows;
    }

    private sealed record Run(List<string> Leaks, int Answered, int Changed, Dictionary<string, string> Before, Dictionary<string, string> After);
}
