using Crm.Errors.V1;
using Crm.Segments.V1;
using Dapper;
using Grpc.Core;
using Npgsql;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Data;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Calls;

public sealed class IdempotentWritesTests : IAsyncLifetime
{
    private static readonly AccountInfo s_account = new(1, "acme", "UTC", 1);
    private TestDatabase _test = null!;
    private NpgsqlDataSource _database = null!;
    private IdempotentWrites _writes = null!;

    public async Task InitializeAsync()
    {
        const string sql = """
            CREATE TABLE request (
                account_id int, principal text, method text, request_id text, payload_hash bytea NOT NULL, response bytea,
                PRIMARY KEY (account_id, principal, method, request_id));
            CREATE TABLE effect (n int);
            CREATE TABLE counter (id int PRIMARY KEY, value int NOT NULL);
            INSERT INTO counter VALUES (1, 0), (2, 0)
            """;
        _test = await (await PostgresFixture.SharedAsync()).CreateDatabaseAsync();
        _database = NpgsqlDataSource.Create($"{_test.OwnerConnectionString};No Reset On Close=true");
        _writes = new IdempotentWrites(new AccountDatabase(_database), new RequestLog("request"));
        await using var connection = await _database.OpenConnectionAsync();
        await connection.ExecuteAsync(sql);
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        await _test.DisposeAsync();
    }

    [Fact]
    public async Task A_repeated_call_gets_the_first_answer_and_has_no_second_effect()
    {
        var first = await WriteAsync("1");
        var second = await WriteAsync("1");

        Assert.Equal(first, second);
        Assert.Equal(1, await EffectsAsync());
    }

    [Fact]
    public async Task Twins_at_the_same_time_have_one_effect()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => WriteAsync("1")));

        Assert.Single(answers.Distinct());
        Assert.Equal(1, await EffectsAsync());
    }

    [Fact]
    public async Task Without_a_request_id_every_call_has_its_effect()
    {
        await WriteAsync("");
        await WriteAsync("");

        Assert.Equal(2, await EffectsAsync());
    }

    [Fact]
    public async Task An_id_belongs_to_its_caller_its_method_and_its_account()
    {
        await WriteAsync("1");
        await WriteAsync("1", call: new FakeCall(principal: "bob"));
        await WriteAsync("1", call: new FakeCall(method: "/crm.Test/Update"));
        await WriteAsync("1", account: s_account with { Id = 2 });

        Assert.Equal(4, await EffectsAsync());
    }

    [Fact]
    public async Task An_id_of_another_request_is_refused()
    {
        await WriteAsync("1", name: "A");

        var error = await Expect.FailureAsync(() => WriteAsync("1", name: "B"));

        error.Is(StatusCode.FailedPrecondition, ErrorReason.RequestIdReused);
        Assert.Equal(1, await EffectsAsync());
    }

    [Fact]
    public async Task An_id_that_is_too_long_is_refused()
    {
        var error = await Expect.FailureAsync(() => WriteAsync(new string('x', RequestKey.MaxLength + 1)));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "request_id");
        Assert.Equal(0, await EffectsAsync());
    }

    [Fact]
    public async Task A_call_that_failed_may_be_repeated()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => _writes.RunAsync<CreateSegmentResponse>(
            s_account, new FakeCall(), Request("1", "A"), async tx =>
            {
                await EffectAsync(tx, 1);
                throw new InvalidOperationException("after the effect");
            }));
        Assert.Equal(0, await EffectsAsync());

        await WriteAsync("1", name: "A");

        Assert.Equal(1, await EffectsAsync());
    }

    [Fact]
    public async Task Writes_that_block_each_other_have_their_effects_and_answers_once()
    {
        var (first, second) = (new TaskCompletionSource(), new TaskCompletionSource());

        var answers = await Task.WhenAll(IncrementBothAsync("1", 1, 2, first, second.Task), IncrementBothAsync("2", 2, 1, second, first.Task));

        await using var connection = await _database.OpenConnectionAsync();
        Assert.Equal([2, 2], await connection.QueryAsync<int>("SELECT value FROM counter"));
        Assert.Equal(answers[0], await _writes.FindAnswerAsync<CreateSegmentResponse>(s_account, new FakeCall(), Request("1", "both")));
        Assert.Equal(answers[1], await _writes.FindAnswerAsync<CreateSegmentResponse>(s_account, new FakeCall(), Request("2", "both")));

        Task<CreateSegmentResponse> IncrementBothAsync(string requestId, int id, int otherId, TaskCompletionSource holds, Task otherHolds) =>
            _writes.RunAsync(s_account, new FakeCall(), Request(requestId, "both"), async tx =>
            {
                await tx.Connection!.ExecuteAsync("UPDATE counter SET value = value + 1 WHERE id = @id", new { id }, tx);
                holds.TrySetResult();
                await otherHolds;
                await tx.Connection!.ExecuteAsync("UPDATE counter SET value = value + 1 WHERE id = @id", new { id = otherId }, tx);
                return Response();
            });
    }

    [Fact]
    public async Task An_answer_is_found_only_after_its_call()
    {
        Assert.Null(await _writes.FindAnswerAsync<CreateSegmentResponse>(s_account, new FakeCall(), Request("1", "A")));
        Assert.Null(await _writes.FindAnswerAsync<CreateSegmentResponse>(s_account, new FakeCall(), Request("", "A")));

        var answer = await WriteAsync("1", name: "A");

        Assert.Equal(answer, await _writes.FindAnswerAsync<CreateSegmentResponse>(s_account, new FakeCall(), Request("1", "A")));
        await Expect.FailureAsync(
            StatusCode.FailedPrecondition,
            ErrorReason.RequestIdReused,
            () => _writes.FindAnswerAsync<CreateSegmentResponse>(s_account, new FakeCall(), Request("1", "B")));
    }

    private Task<CreateSegmentResponse> WriteAsync(string requestId, string name = "A", FakeCall? call = null, AccountInfo? account = null) =>
        _writes.RunAsync(account ?? s_account, call ?? new FakeCall(), Request(requestId, name), async tx =>
        {
            await EffectAsync(tx, 1);
            return Response();
        });

    private static CreateSegmentRequest Request(string requestId, string name) => new() { RequestId = requestId, Segment = new() { Name = name } };

    // Each effect has another answer.
    private static CreateSegmentResponse Response() => new() { Segment = new() { SegmentId = Guid.NewGuid().ToString() } };

    private static Task EffectAsync(NpgsqlTransaction tx, int n) => tx.Connection!.ExecuteAsync("INSERT INTO effect VALUES (@n)", new { n }, tx);

    private async Task<int> EffectsAsync()
    {
        await using var connection = await _database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<int>("SELECT count(*) FROM effect");
    }
}
