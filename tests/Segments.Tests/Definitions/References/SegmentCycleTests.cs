using System.Collections.Concurrent;
using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using Grpc.Net.Client;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;
using Xunit.Abstractions;

namespace TagSegments.Segments.Tests.Definitions.References;

/// <summary>References among segments never form a circle, even if several are saved at the same time.</summary>
public sealed class SegmentCycleTests(SharedApps shared, ITestOutputHelper output) : SegmentTest(shared)
{
    private const int Nodes = 8;

    [Fact]
    public async Task Refuses_a_segment_that_refers_to_itself_through_three_others()
    {
        var account = await AccountAsync(1);
        var first = await SaveAsync(account, "A", "everyone");
        await SaveAsync(account, "B", "in segment \"A\"");
        await SaveAsync(account, "C", "has no tag OR NOT in segment \"B\"");
        await SaveAsync(account, "D", "in segment \"C\"");

        var info = await Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.SegmentCycle, () => LinkAsync(Segments, account, first, "in segment \"D\""));
        await Expect.FailureAsync(
            StatusCode.FailedPrecondition,
            ErrorReason.SegmentCycle,
            () => LinkAsync(Segments, account, first, "NOT in segment \"A\""));

        Assert.Equal("A > D > C > B > A", info.Metadata["path"]);
        Assert.Equal("everyone", (await Segments.GetSegmentAsync(new() { Account = account.Name, Name = "A" })).Segment.Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Refuses_more_than_32_segments_on_top_of_each_other_from_either_end(bool fromBelow)
    {
        var account = await AccountAsync(1);
        var chain = new List<Segment>();
        for (var i = 0; i < 33; i++)
        {
            chain.Add(await SaveAsync(account, $"S{i}", "everyone"));
        }

        // Each refers to the one before it; the last link makes it one too many.
        var links = Enumerable.Range(1, 32).Select(i => fromBelow ? i : 33 - i).ToList();
        foreach (var i in links.Take(31))
        {
            await LinkAsync(Segments, account, chain[i], $"in segment \"S{i - 1}\"");
        }

        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.FilterTooLarge, () =>
            LinkAsync(Segments, account, chain[links[^1]], $"in segment \"S{links[^1] - 1}\""));
        Assert.Equal(1, await CountAsync(account, new FilterSource { SegmentName = fromBelow ? "S31" : "S32" }));
    }

    [Fact]
    public async Task Concurrent_changes_at_random_leave_no_circle()
    {
        var seed = Seed.Value;
        output.WriteLine($"seed {seed}");
        var account = await AccountAsync(1);

        Assert.Null(await RaceAsync(Segments, account, seed, threads: 40, changes: 10));
        Assert.Equal(1, await CountAsync(account, Text($"everyone OR {string.Join(" OR ", Enumerable.Range(0, Nodes).Select(i => $"in segment \"S{i}\""))}")));
    }

    [Fact]
    public async Task A_service_that_does_not_lock_is_caught()
    {
        await using var host = await UnlockedSegments.StartAsync(Apps);
        using var channel = GrpcChannel.ForAddress(host.Address);
        var client = new SegmentService.SegmentServiceClient(channel);
        var random = new Random(1);
        for (var round = 0; round < 50; round++)
        {
            if (await RaceAsync(client, await AccountAsync(1), random.Next(), threads: 8, changes: 10, mayFail: true) is { } circle)
            {
                output.WriteLine($"round {round}: {circle}");
                return;
            }
        }

        Assert.Fail("Fifty races without a lock made no circle: the test above proves nothing.");
    }

    [Fact]
    public async Task A_circle_in_the_database_is_an_error_and_no_end_of_the_process()
    {
        var account = await AccountAsync(1);
        var (a, b) = (await SaveAsync(account, "A", "everyone"), await SaveAsync(account, "B", "in segment \"A\""));
        await account.ExecuteAsync($$"""
            UPDATE segments.segment SET filter = '{"segment": {"segmentId": "{{b.SegmentId}}"} }' WHERE account_id = @Id AND segment_id = '{{a.SegmentId}}';
            UPDATE segments.clock SET pos = pos + 1, nonce = gen_random_uuid() WHERE account_id = @Id
            """);
        var source = new FilterSource { SegmentId = a.SegmentId };

        await Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.SegmentCycle, () => CountAsync(account, source));
        await Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.SegmentCycle, async () =>
            await Segments.ExplainContactAsync(new() { Account = account.Name, Source = source, ContactId = 1 }));
    }

    // Many callers save references at random; returns a circle if there is one in the end.
    private async Task<string?> RaceAsync(SegmentService.SegmentServiceClient client, DirectAccount account, int seed, int threads, int changes, bool mayFail = false)
    {
        var segments = new List<Segment>();
        for (var i = 0; i < Nodes; i++)
        {
            segments.Add(await SaveAsync(account, $"S{i}", "everyone"));
        }

        var refused = new ConcurrentBag<string>();
        await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Run(async () =>
        {
            var random = new Random(seed + thread);
            for (var change = 0; change < changes; change++)
            {
                var targets = Enumerable.Range(0, random.Next(1, 3)).Select(_ => $"in segment \"S{random.Next(Nodes)}\"");
                try
                {
                    await LinkAsync(client, account, segments[random.Next(Nodes)], string.Join(" OR ", targets));
                }
                catch (RpcException e) when (e.StatusCode == StatusCode.FailedPrecondition || mayFail)
                {
                    refused.Add(e.Status.Detail);
                }
            }
        })));
        Assert.NotEmpty(refused);
        return Circle((await client.ListSegmentsAsync(new() { Account = account.Name })).Segments);
    }

    private static string? Circle(IReadOnlyCollection<Segment> segments)
    {
        var targets = segments.ToDictionary(segment => segment.SegmentId, segment => (segment.Filter.AnyOf?.Filters.AsEnumerable() ?? [segment.Filter])
            .Where(filter => filter.Segment is not null).Select(filter => filter.Segment.SegmentId).ToHashSet());
        // Removes segments without remaining references until nothing changes: a circle stays.
        while (targets.FirstOrDefault(entry => !entry.Value.Any(targets.ContainsKey)).Key is { } sound)
        {
            targets.Remove(sound);
        }

        return targets.Count == 0 ? null : string.Join(", ", segments.Where(segment => targets.ContainsKey(segment.SegmentId)).Select(segment => segment.Text));
    }

    private static async Task LinkAsync(SegmentService.SegmentServiceClient client, DirectAccount account, Segment segment, string text) =>
        await client.UpdateSegmentAsync(new() { Account = account.Name, SegmentId = segment.SegmentId, Text = text });
}
