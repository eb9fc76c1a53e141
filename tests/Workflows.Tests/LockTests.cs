using System.Net;
using Crm.Campaigns.V1;
using Crm.Tags.V1;
using Crm.Workflows.V1;
using Dapper;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Memory;
using TagSegments.Testing;
using TagSegments.Workflows.Enrolment;
using TagSegments.Workflows.Notifications;
using TagSegments.Workflows.Tests.Runs;

namespace TagSegments.Workflows.Tests;

/// <summary>Other services are called while nothing is locked: each stand-in for one reads the locks when it is called.</summary>
public sealed class LockTests : IAsyncLifetime
{
    private readonly List<string> _seen = [];
    private TestDatabase _database = null!;
    private NpgsqlDataSource _source = null!;
    private ServiceDatabases _service = null!;

    public async Task InitializeAsync()
    {
        _database = await (await PostgresFixture.SharedAsync()).CreateDatabaseAsync();
        _source = NpgsqlDataSource.Create(_database.OwnerConnectionString);
        _service = _database.Of("workflows");
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        await _source.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task An_account_is_not_locked_while_the_tag_service_is_asked_for_names()
    {
        Execute("""
            INSERT INTO workflows.account (account_id, name) VALUES (1, 'acme');
            INSERT INTO workflows.cursor (account_id, feed, position) VALUES (1, 1, 'before');
            INSERT INTO workflows.workflow_version (account_id, workflow_id, version, active_from, published_by, definition)
            VALUES (1, gen_random_uuid(), 1, '-infinity', 'me', '{"triggers": [{"tag": {"namePrefix": "Source: "}}], "nodes": [{"id": "done", "end": {}}]}')
            """);
        await using var tags = await StandInAsync(() => Execute("SELECT FROM workflows.account FOR UPDATE NOWAIT"));
        using var channel = GrpcChannel.ForAddress(tags.Urls.First());
        var feeds = new Feeds(new TagService.TagServiceClient(channel), null!, null!, null!);
        using var memory = new MemoryBudget(1_000_000, TimeSpan.FromMinutes(1), TimeProvider.System);
        var enroller = new FeedEnroller(_service.Accounts, new ActiveVersions(memory), feeds);
        var account = new AccountInfo(1, "acme", "UTC", 1);
        var e = FeedEvent.Of(new TagEvent { EventId = "1", ContactId = 7, TagId = 3, Kind = TagEvent.Types.Kind.Added, Time = new() });

        await Expect.FailureAsync(() => enroller.HandleAsync(account, Feed.Tags, new([e], "after", 0), "before", CancellationToken.None));

        Assert.Equal(["/crm.tags.v1.TagService/GetTag: not locked"], _seen);
    }

    [Fact]
    public async Task A_notice_is_not_locked_while_its_owner_is_told_and_keeps_what_comes_up_meanwhile()
    {
        Execute("""
            INSERT INTO workflows.account (account_id, name) VALUES (1, 'acme');
            INSERT INTO workflows.workflow (account_id, workflow_id, name, owner_email, draft)
            VALUES (1, '00000000-0000-0000-0000-000000000001', 'Alarm', 'owner@acme.example', '{}');
            INSERT INTO workflows.run (account_id, run_id, workflow_id, version, contact_id, event_id, state, lane)
            VALUES (1, '00000000-0000-0000-0000-000000000002', '00000000-0000-0000-0000-000000000001', 1, 7, 'e', 3, 1);
            INSERT INTO workflows.notice (account_id, workflow_id, state, runs, run_id)
            VALUES (1, '00000000-0000-0000-0000-000000000001', 3, 5, '00000000-0000-0000-0000-000000000002')
            """);
        var told = new List<SendNoticeRequest>();
        var team = new Team(request =>
        {
            told.Add(request);
            See("notice", () => Execute("SELECT FROM workflows.notice FOR UPDATE NOWAIT; UPDATE workflows.notice SET runs = runs + 2"));
        });
        var closed = new ClosedAccounts();
        closed.Set([]);
        using var notices = new OwnerNotices(_service.Work, closed, team, NullLogger<OwnerNotices>.Instance);

        await notices.StartAsync(CancellationToken.None);
        await Eventually.ReadAsync(NoticeAsync, notice => notice == (2, true), "two runs that the owner is told of in an hour");
        await notices.StopAsync(CancellationToken.None);

        Assert.Equal(["notice: not locked"], _seen);
        Assert.Equal(("owner@acme.example", "Alarm: 5 runs parked"), told.Select(request => (request.Address, request.Subject)).Single());
    }

    // The databases of all tests are copies, in which the table has the same number.
    [Fact]
    public async Task A_request_is_not_locked_while_the_segment_service_is_asked_whom_to_enrol()
    {
        await using var segments = await StandInAsync(
            () => Assert.Equal(0, _source.CreateCommand(
                """
                SELECT count(*)::int
                FROM pg_locks
                WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database())
                    AND relation = 'workflows.request'::regclass AND mode = 'RowExclusiveLock'
                """).ExecuteScalar()));
        await using var apps = await TestApps.StartAsync(new()
        {
            Database = _database,
            Services = [Service.Tags, Service.Campaigns, Service.Workflows],
            Settings = new Dictionary<string, string?> { ["Services:Segments"] = segments.Urls.First() },
        });
        var crm = await WorkflowAccount.NewAsync(apps, "Hot Lead");
        var workflow = await crm.PublishAsync("{name: W, triggers: [{tag: {tags: [Hot Lead]}}], nodes: [{id: done, end: {}}]}");

        await Expect.FailureAsync(async () => await apps.Workflows.EnrolContactsAsync(
            new() { Account = crm.Name, WorkflowId = workflow.WorkflowId, RequestId = "r1" }));

        Assert.Equal(["/crm.segments.v1.SegmentService/StreamMatches: not locked"], _seen);
    }

    // Looks at the locks at every call, and then has no answer.
    private async Task<WebApplication> StandInAsync(Action look)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        var app = builder.Build();
        app.Run(context =>
        {
            See(context.Request.Path, look);
            context.Response.StatusCode = StatusCodes.Status501NotImplemented;
            return Task.CompletedTask;
        });
        await app.StartAsync();
        return app;
    }

    private void See(string call, Action look)
    {
        try
        {
            look();
            _seen.Add($"{call}: not locked");
        }
        catch (Exception e)
        {
            // The test compares the findings, in its own thread.
            _seen.Add($"{call}: {e.Message}");
        }
    }

    private void Execute(string sql)
    {
        using var command = _source.CreateCommand(sql);
        command.ExecuteNonQuery();
    }

    private async Task<(int Runs, bool IsPutOff)> NoticeAsync()
    {
        await using var connection = await _source.OpenConnectionAsync();
        return await connection.QuerySingleAsync<(int, bool)>("SELECT runs, due_at > now() + interval '59 minutes' FROM workflows.notice");
    }

    private sealed class Team(Action<SendNoticeRequest> told) : TeamService.TeamServiceClient
    {
        public override AsyncUnaryCall<SendNoticeResponse> SendNoticeAsync(SendNoticeRequest request, CallOptions options)
        {
            told(request);
            return new(Task.FromResult(new SendNoticeResponse()), Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });
        }
    }
}
