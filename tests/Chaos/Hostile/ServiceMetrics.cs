using System.Globalization;
using System.Text.RegularExpressions;

namespace TagSegments.Chaos.Hostile;

/// <summary>What a service says about its calls at <c>/metrics</c>.</summary>
internal static partial class ServiceMetrics
{
    /// <summary>Calls that took longer than this are slow; one of the boundaries that the service measures at.</summary>
    public const int SlowSeconds = 5;

    /// <summary>The number of slow calls by name.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> SlowCallsAsync(HttpClient http, string address)
    {
        var (all, fast) = (new Dictionary<string, long>(), new Dictionary<string, long>());
        foreach (var line in (await http.GetStringAsync($"{address}/metrics")).Split('\n'))
        {
            if (Bucket().Match(line) is { Success: true } bucket)
            {
                var counts = bucket.Groups["le"].Value == "+Inf" ? all : fast;
                var method = bucket.Groups["method"].Value;
                var count = long.Parse(bucket.Groups["count"].ValueSpan, CultureInfo.InvariantCulture);
                counts[method] = counts.GetValueOrDefault(method) + count;
            }
        }

        return all.ToDictionary(call => call.Key, call => call.Value - fast.GetValueOrDefault(call.Key));
    }

    /// <summary>The bytes of the heap that the last collection left, and the memory that the runtime holds for the heap.</summary>
    public static async Task<(long InUse, long Held)> HeapAsync(HttpClient http, string address)
    {
        var metrics = await http.GetStringAsync($"{address}/metrics");
        return (Sum(Heap().Matches(metrics)), Sum(Committed().Matches(metrics)));
    }

    private static long Sum(IEnumerable<Match> sizes) => sizes.Sum(size => (long)double.Parse(size.Groups["bytes"].ValueSpan, CultureInfo.InvariantCulture));

    [GeneratedRegex("""^dotnet_gc_last_collection_heap_size_bytes\{[^\n]*\} (?<bytes>[0-9.e+E]+)""", RegexOptions.Multiline)]
    private static partial Regex Heap();

    [GeneratedRegex("""^dotnet_gc_last_collection_memory_committed_size_bytes\{[^\n]*\} (?<bytes>[0-9.e+E]+)""", RegexOptions.Multiline)]
    private static partial Regex Committed();

    [GeneratedRegex("""^rpc_server_call_duration_seconds_bucket\{(?=.*rpc_method="(?<method>[^"]+)")(?=.*le="(?<le>5|\+Inf)").*\} (?<count>\d+)""")]
    private static partial Regex Bucket();
}
