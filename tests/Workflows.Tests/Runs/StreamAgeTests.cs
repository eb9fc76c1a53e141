using System.Diagnostics.Metrics;
using Grpc.Core;
using TagSegments.Testing;
using State = Crm.Workflows.V1.Run.Types.State;

namespace TagSegments.Workflows.Tests.Runs;

/// <summary>Finding 3: streams end when they are old, and the followers of clocks and feeds lose nothing by it.</summary>
public sealed class StreamAgeTests : IAsyncLifetime
{
    private TestApps _apps = null!;

    public async Task InitializeAsync() => _apps = await TestApps.StartAsync(new TestAppsOptions
    {
        Settings = new Dictionary<string, string?> { ["Grpc:Streams:MaxAgeSeconds"] = "1" },
    });

    public async Task DisposeAsync() => await _apps.DisposeAsync();

    [Fact]
    public async Task Finding_3_every_event_starts_exactly_one_run_while_the_streams_end_again_and_again()
    {
        var ended = 0;
        using var listener = Listen(() => Interlocked.Increment(ref ended));
        var crm = await WorkflowAccount.NewAsync(_apps, "Hot Lead", "Seen");
        var workflow = await crm.PublishAsync(
            "{name: W, triggers: [{tag: {tags: [Hot Lead]}}], nodes: [{id: mark, add_tag: {tag: Seen}}]}");
        var contacts = new List<int>();

        // At least three streams end while events come.
        while (Volatile.Read(ref ended) < 3)
        {
            contacts.Add(await crm.NewContactAsync(null, "Hot Lead"));
        }

        var runs = await Eventually.ReadAsync(
            async () => await RunsAsync(crm, workflow.WorkflowId), runs => runs.Count >= contacts.Count && runs.All(run => run.State == State.Completed));
        Assert.Equal(contacts.Order(), runs.Select(run => run.ContactId).Order());
    }

    private static async Task<List<Crm.Workflows.V1.Run>> RunsAsync(WorkflowAccount crm, string workflowId)
    {
        var request = new Crm.Workflows.V1.ListRunsRequest { Account = crm.Name, WorkflowId = workflowId, PageSize = 1_000 };
        var runs = new List<Crm.Workflows.V1.Run>();
        do
        {
            var page = await crm.Apps.Workflows.ListRunsAsync(request);
            runs.AddRange(page.Runs);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return runs;
    }

    private static MeterListener Listen(Action onStreamEnd)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "rpc.server.call.duration")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            if ((string)tags[0].Value! == "crm.contacts.v1.ContactService/WatchContactClocks" && (string)tags[1].Value! == nameof(StatusCode.Unavailable))
            {
                onStreamEnd();
            }
        });
        listener.Start();
        return listener;
    }
}
