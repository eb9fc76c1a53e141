using System.Diagnostics;
using Crm.Segments.V1;
using Grpc.Core;
using Grpc.Health.V1;
using TagSegments.Testing;

namespace TagSegments.Benchmarks.Segments;

/// <summary>The calls that are measured.</summary>
internal sealed class SegmentCalls(TestApps apps)
{
    private const int Callers = 64;
    private const int Attempts = 10;

    /// <summary>Makes an empty unary call.</summary>
    public async Task EmptyAsync() => await new Health.HealthClient(apps.Channel(Service.Segments)).CheckAsync(new HealthCheckRequest());

    /// <summary>Reads a text as the tree that clients send.</summary>
    public async Task<FilterSource> ParseAsync(string text)
    {
        var request = new ParseFilterRequest { Account = SegmentsData.Account, Source = new FilterSource { Text = text } };
        return new FilterSource { Filter = (await apps.Segments.ParseFilterAsync(request)).Filter };
    }

    public async Task<int> CountAsync(FilterSource source, string account = SegmentsData.Account) =>
        (await apps.Segments.CountContactsAsync(new CountContactsRequest { Account = account, Source = source })).Count;

    public async Task<ListMatchesResponse> PageAsync(ListMatchesRequest request) => await apps.Segments.ListMatchesAsync(request);

    public async Task<GetTagFacetsResponse> FacetsAsync(FilterSource source) =>
        await apps.Segments.GetTagFacetsAsync(new GetTagFacetsRequest { Account = SegmentsData.Account, Source = source, Limit = 10_000 });

    public async Task<ExplainContactResponse> ExplainAsync(FilterSource source, int contactId) => await apps.Segments.ExplainContactAsync(
        new ExplainContactRequest { Account = SegmentsData.Account, ContactId = contactId, Source = source });

    public async Task StreamAsync(FilterSource source)
    {
        using var call = apps.Segments.StreamMatches(new StreamMatchesRequest { Account = SegmentsData.Account, Source = source });
        while (await call.ResponseStream.MoveNext())
        {
        }
    }

    /// <summary>Makes a write; repeats it if another one came first, as callers should.</summary>
    public static async Task RepeatAsync(Func<Task> write)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await write();
                return;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Aborted && attempt < Attempts)
            {
                // Once more.
            }
        }
    }

    /// <summary>How many calls per second many callers get through together.</summary>
    public static async Task<double> PerSecondAsync(Func<Task> call)
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
}
