using Crm.Activity.V1;
using Crm.Common.V1;
using Crm.Tags.V1;
using Crm.Workflows.V1;
using Dapper;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Npgsql;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Memory;
using TagSegments.Testing;
using TagSegments.Workflows.Enrolment;
using State = Crm.Workflows.V1.Run.Types.State;

namespace TagSegments.Workflows.Tests.Enrolment;

/// <summary>
/// Finding 18: an account that has ended thousands of versions holds none of them in memory, and what depends on one of them is exact all the same.
/// </summary>
public sealed class Finding18Tests : IAsyncLifetime
{
    private const int Ended = 3_000;
    private const int Trigger = 3;
    private const int Keeper = 9;
    private static readonly Guid s_workflow = Guid.NewGuid();
    private static readonly DateTime s_start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly AccountInfo s_account = new(1, "acme", "UTC", 1);
    private readonly MemoryBudget _memory = NewBudget();
    private readonly Names _names = new();
    private TestDatabase _database = null!;
    private NpgsqlDataSource _source = null!;
    private NpgsqlConnection _owner = null!;
    private ServiceDatabases _service = null!;
    private ActiveVersions _versions = null!;
    private FeedEnroller _enroller = null!;

    public async Task InitializeAsync()
    {
        _database = await (await PostgresFixture.SharedAsync()).CreateDatabaseAsync();
        _source = NpgsqlDataSource.Create(_database.OwnerConnectionString);
        _owner = await _source.OpenConnectionAsync();
        _service = _database.Of("workflows");
        _versions = new ActiveVersions(_memory);
        _enroller = new FeedEnroller(_service.Accounts, _versions, new Feeds(_names, null!, null!, null!));
        // Version n takes the events of the minute n; the last one has no end.
        await _owner.ExecuteAsync(
            """
            INSERT INTO workflows.account (account_id, name) VALUES (1, 'acme');
            INSERT INTO workflows.cursor (account_id, feed, position) VALUES (1, 1, ''), (1, 3, '');
            INSERT INTO workflows.workflow_version (account_id, workflow_id, version, active_from, active_until, published_by, definition)
            SELECT 1, @s_workflow, n, @s_start + n * interval '1 minute', CASE WHEN n <= @Ended THEN @s_start + (n + 1) * interval '1 minute' END, 'me',
                jsonb_build_object(
                    'triggers', '[{"tag": {"tagIds": [3]}}, {"activity": {"kind": "KIND_BOUNCED"}}]'::jsonb,
                    'reentry', CASE WHEN n = 5 THEN 'REENTRY_ONCE_EVER' ELSE 'REENTRY_EVERY_EVENT' END,
                    'nodes', jsonb_build_array(jsonb_build_object('id', 'first of ' || n, 'sendMessage', jsonb_build_object('text', repeat('x', 1000)))))
            FROM generate_series(1, @Ended + 1) AS n
            """,
            new { s_workflow, s_start, Ended });
    }

    public async Task DisposeAsync()
    {
        _memory.Dispose();
        await _service.DisposeAsync();
        await _owner.DisposeAsync();
        await _source.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Finding_18_events_start_the_version_of_their_time_however_late_they_are_read()
    {
        await HandleAsync(Feed.Tags, Added(1, 7), Added(2, Ended), Added(3, 7), Added(4, Ended + 1), Added(5, 0));

        Assert.Equal(
            [(1, 7, "first of 7"), (2, Ended, $"first of {Ended}"), (3, 7, "first of 7"), (4, Ended + 1, $"first of {Ended + 1}")],
            await RunsAsync());
        Assert.Equal(Ended + 1, Assert.Single(_versions.LastSeen(1)).Entrance.Version);
        Assert.InRange(_memory.Bytes, 1, 5_000);
    }

    [Fact]
    public async Task Finding_18_the_rule_of_an_ended_version_decides_who_starts_it()
    {
        await HandleAsync(Feed.Tags, Added(1, 4), Added(1, 5), Added(2, 5), Added(2, 5));

        Assert.Equal([State.Running, State.Declined, State.Running, State.Declined], await StatesAsync());
    }

    [Fact]
    public async Task Finding_18_many_contacts_start_an_ended_version()
    {
        await HandleAsync(Feed.Tags, Added(0, 20) with { Many = [11, 12] });

        Assert.Empty(await RunsAsync());
        Assert.Equal(2, await new Enroller(_service.Accounts, _versions).WorkOffAsync(1, 100, CancellationToken.None));
        Assert.Equal([(11, 20, "first of 20"), (12, 20, "first of 20")], await RunsAsync());
    }

    [Fact]
    public async Task Finding_18_a_contact_leaves_the_ended_version_that_a_tag_keeps_it_in()
    {
        await _owner.ExecuteAsync($"UPDATE workflows.workflow_version SET definition = definition || '{{\"exitTagIds\": [8, {Keeper}]}}' WHERE version = 7");
        await HandleAsync(Feed.Tags, Added(1, 7), Added(2, 7), Added(1, 8), Added(0, 7) with { Many = [11, 12] });

        await HandleAsync(Feed.Tags, Removed(1, Keeper), Removed(11, Keeper), Removed(2, Keeper + 1));

        Assert.Equal([(1, 8, "first of 8"), (2, 7, "first of 7")], await RunsAsync());
    }

    [Fact]
    public async Task Finding_18_what_a_message_of_an_ended_version_leads_to_is_part_of_its_chain()
    {
        await HandleAsync(Feed.Tags, Added(1, 7));
        await _owner.ExecuteAsync(
            """
            INSERT INTO workflows.step (account_id, run_id, step, attempt, node_id, input, outcome, at)
            SELECT account_id, run_id, 1, 1, node_id, '', @Done, @At FROM workflows.run
            """,
            new { Done = (short)Step.Types.Outcome.Done, At = At(8) });
        var bounced = new Activity { ActivityId = 1, ContactId = 1, Kind = Activity.Types.Kind.Bounced, Time = At(9).ToTimestamp() };

        await HandleAsync(Feed.Activities, FeedEvent.Of(bounced), FeedEvent.Of(new Activity(bounced) { ActivityId = 2, ContactId = 2 }));

        Assert.Equal([State.Running, State.LoopStopped, State.Running], await StatesAsync());
    }

    [Fact]
    public async Task Finding_18_the_names_that_an_ended_version_asks_for_are_loaded()
    {
        await _owner.ExecuteAsync(
            """UPDATE workflows.workflow_version SET definition = definition || '{"triggers": [{"tag": {"namePrefix": "Source: "}}]}' WHERE version = 7""");

        await HandleAsync(Feed.Tags, Added(1, 7, tagId: 4), Added(2, 8, tagId: 4));

        Assert.Equal([(1, 7, "first of 7")], await RunsAsync());
        Assert.Equal([4], _names.Asked);
    }

    private static MemoryBudget NewBudget() => new(1_000_000, TimeSpan.FromMinutes(1), TimeProvider.System);

    private static DateTime At(int minute) => s_start + TimeSpan.FromMinutes(minute) + TimeSpan.FromSeconds(30);

    private static FeedEvent Added(int contactId, int minute, int tagId = Trigger) => Tagged(contactId, At(minute), TagEvent.Types.Kind.Added, tagId);

    private static FeedEvent Removed(int contactId, int tagId) => Tagged(contactId, At(Ended + 9), TagEvent.Types.Kind.Removed, tagId);

    private static FeedEvent Tagged(int contactId, DateTime time, TagEvent.Types.Kind kind, int tagId) => FeedEvent.Of(
        new TagEvent { EventId = Guid.NewGuid().ToString(), ContactId = contactId, TagId = tagId, Kind = kind, Time = time.ToTimestamp() });

    private async Task HandleAsync(Feed feed, params FeedEvent[] events)
    {
        var after = await _enroller.PositionAsync(1, feed, CancellationToken.None);
        Assert.NotNull(await _enroller.HandleAsync(s_account, feed, new FeedBatch(events, after + ".", 0), after, CancellationToken.None));
    }

    private async Task<(int ContactId, int Version, string NodeId)[]> RunsAsync() =>
    [
        .. await _owner.QueryAsync<(int, int, string)>(
            "SELECT contact_id, version, node_id FROM workflows.run WHERE state = @Running ORDER BY contact_id", new { Running = (short)State.Running }),
    ];

    private async Task<State[]> StatesAsync() =>
        [.. (await _owner.QueryAsync<short>("SELECT state FROM workflows.run ORDER BY contact_id, state")).Select(state => (State)state)];

    private sealed class Names : TagService.TagServiceClient
    {
        public List<int> Asked { get; } = [];

        public override AsyncUnaryCall<GetTagResponse> GetTagAsync(
            GetTagRequest request, Metadata? headers = null, DateTime? deadline = null, CancellationToken cancellationToken = default)
        {
            Asked.Add(request.TagId);
            var response = new GetTagResponse { Tag = new() { TagId = request.TagId, Name = "Source: Web" } };
            return new(Task.FromResult(response), Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });
        }
    }
}
