using System.Diagnostics.Metrics;
using Crm.Errors.V1;
using Crm.Segments.V1;
using Dapper;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TagSegments.ServiceDefaults.Data;
using TagSegments.Testing;
using TagSegments.Testing.EveryCall;

namespace TagSegments.EndToEnd.Tests.Streams;

/// <summary>Finding 3: readers that do not read take nothing away from others. The pools have 30 connections.</summary>
// Counts the open streams of the process, so no other test may have any.
[Collection(nameof(UnreadStreamTests))]
[CollectionDefinition(nameof(UnreadStreamTests), DisableParallelization = true)]
public sealed class UnreadStreamTests(BusyAccount busy) : IClassFixture<BusyAccount>
{
    private const int Streams = 200;
    private static readonly MeterListener s_listener = Listen();
    private static long s_open;

    public static TheoryData<string> StreamingCalls =>
        [.. ApiCall.All.Where(call => call.Descriptor.IsServerStreaming || call.Descriptor.IsClientStreaming).Select(call => call.Name)];

    [Theory]
    [MemberData(nameof(StreamingCalls))]
    public async Task Finding_3_two_hundred_unread_streams_hold_no_connection_and_others_are_served(string name)
    {
        // Those of the test before end in their own time.
        await Eventually.HoldsAsync(() => OpenOnServers == 0);
        using var streams = await OpenAsync(name, BusyAccount.Name);

        // The services still have them open: each waits for its reader or for events.
        await Eventually.HoldsAsync(() => OpenOnServers >= Streams);
        await CallEveryServiceAsync();
        await Eventually.ReadAsync(HeldConnectionsAsync, held => held.Count == 0);
        await CallEveryServiceAsync();

        Assert.True(OpenOnServers >= Streams);
    }

    [Fact]
    public async Task Finding_3_an_account_cannot_open_more_streams_than_its_limit()
    {
        await busy.Apps.Accounts.SetAccountLimitsAsync(new() { Account = BusyAccount.Other, Limits = new() { ConcurrentStreams = 20 } });
        using var streams = await OpenAsync("crm.contacts.v1.ContactService/WatchContactEvents", BusyAccount.Other, Streams, waitForAnswers: false);

        // Those that were admitted wait for events.
        var answers = streams.Calls.Select(call => Expect.FailureAsync(async () => await call.ResponseStream.ReadAllAsync().CountAsync())).ToList();
        await Eventually.HoldsAsync(() => answers.Count(answer => answer.IsCompleted) >= Streams - 20);
        await CallEveryServiceAsync();

        var refused = await Task.WhenAll(answers.Where(answer => answer.IsCompleted));
        Assert.Equal(Streams - 20, refused.Length);
        Assert.All(refused, failure => failure.Is(StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded));
    }

    [Fact]
    public async Task Finding_3_a_connection_that_waits_with_an_open_reader_is_found()
    {
        var pool = busy.Apps.App(Service.Tags).Services.GetRequiredService<AccountDatabase>();
        await using (var connection = await pool.OpenAsync(1))
        {
            await using var command = new NpgsqlCommand("SELECT repeat('x', 1000) FROM generate_series(1, 1000000)", connection);
            await using var reader = await command.ExecuteReaderAsync();
            await reader.ReadAsync();

            await Eventually.ReadAsync(HeldConnectionsAsync, held => held.Count == 1);
            command.Cancel();
        }

        await Eventually.ReadAsync(HeldConnectionsAsync, held => held.Count == 0);
    }

    // The streams of tenants, as the services count them. Names the listener, so that it is there.
    private static long OpenOnServers => s_listener is null ? 0 : Interlocked.Read(ref s_open);

    private async Task<OpenStreams> OpenAsync(string name, string account, int count = Streams, bool waitForAnswers = true)
    {
        var call = ApiCall.All.Single(call => call.Name == name);
        var streams = new OpenStreams(GrpcChannel.ForAddress(busy.Apps.GrpcAddress(call.Host)));
        var requests = busy.Requests(call.Descriptor.Name, account);
        for (var i = 0; i < count; i++)
        {
            streams.Calls.Add(call.Begin(streams.Channel.CreateCallInvoker(), new CallOptions()));
        }

        await Task.WhenAll(streams.Calls.Select(stream => SendAsync(stream, requests)));
        if (waitForAnswers)
        {
            await Task.WhenAll(streams.Calls.Select(stream => stream.ResponseHeadersAsync)).WaitAsync(Eventually.Patience);
        }

        return streams;
    }

    private static async Task SendAsync(AsyncDuplexStreamingCall<byte[], byte[]> call, IReadOnlyList<byte[]> requests)
    {
        try
        {
            foreach (var request in requests)
            {
                await call.RequestStream.WriteAsync(request);
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // It was answered before it was asked everything.
        }
    }

    private static MeterListener Listen()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "rpc.server.streams")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, change, tags, _) =>
        {
            if ((string)tags[0].Value! == "tenant")
            {
                Interlocked.Add(ref s_open, change);
            }
        });
        listener.Start();
        return listener;
    }

    private async Task CallEveryServiceAsync()
    {
        var deadline = Eventually.Deadline;
        var everyone = new FilterSource { Filter = new Filter { Everyone = new() } };
        await busy.Apps.Tags.ListTagsAsync(new() { Account = BusyAccount.Other }, deadline: deadline);
        await busy.Apps.Contacts.CreateContactAsync(new() { Account = BusyAccount.Other, Contact = new() { FirstName = "Ada" } }, deadline: deadline);
        await busy.Apps.Segments.CountContactsAsync(new() { Account = BusyAccount.Other, Source = everyone }, deadline: deadline);
        await busy.Apps.Campaigns.ListCampaignsAsync(new() { Account = BusyAccount.Other }, deadline: deadline);
        await busy.Apps.Workflows.ListWorkflowsAsync(new() { Account = BusyAccount.Other }, deadline: deadline);
    }

    // A connection that is busy with one statement or transaction for as long as this waits for somebody.
    private async Task<List<string>> HeldConnectionsAsync()
    {
        const string sql = """
            SELECT usename || ': ' || state || ' ' || left(query, 200)
            FROM pg_stat_activity
            WHERE datname = current_database() AND usename LIKE 'tagsegments_%' AND state <> 'idle' AND state_change < clock_timestamp() - interval '1 second'
            """;
        await using var connection = new NpgsqlConnection(busy.Apps.Database.OwnerConnectionString);
        return (await connection.QueryAsync<string>(sql)).AsList();
    }

    private sealed record OpenStreams(GrpcChannel Channel) : IDisposable
    {
        public List<AsyncDuplexStreamingCall<byte[], byte[]>> Calls { get; } = [];

        public void Dispose()
        {
            Calls.ForEach(call => call.Dispose());
            Channel.Dispose();
        }
    }
}
