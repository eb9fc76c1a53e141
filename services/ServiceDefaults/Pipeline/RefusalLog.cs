using System.Diagnostics.Metrics;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Pipeline;

/// <summary>
/// Counts the calls that limits refuse, and names in the log the accounts that were refused most. A metric with a label for each account
/// would grow with their number.
/// </summary>
internal sealed class RefusalLog(ILogger<RefusalLog> logger, TimeProvider time)
{
    private const int Named = 5;
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(10);
    private static readonly Meter s_meter = new("TagSegments.ServiceDefaults");
    private static readonly Counter<long> s_refused = s_meter.CreateCounter<long>(
        "tagsegments.calls.refused", "{call}", "Calls that a limit refused, by quota; the quota `overloaded` is the limit of the process.");

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Account, string Quota), int> _refused = [];
    private DateTimeOffset _next = DateTimeOffset.MinValue;

    /// <summary>Shows the refusals by the limits of calls before there is one.</summary>
    public static void Announce() => Array.ForEach(
        ["overloaded", "concurrent_calls", "calls_per_second", "waiting_calls"], quota => s_refused.Add(0, new KeyValuePair<string, object?>("quota", quota)));

    /// <summary>Counts a refusal. The log has a line for the first one, and then one for each ten seconds with refusals.</summary>
    public void Add(AccountInfo account, RpcException refusal)
    {
        var quota = refusal.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Metadata.GetValueOrDefault("quota") ?? "overloaded";
        s_refused.Add(1, new KeyValuePair<string, object?>("quota", quota));
        if (Count((account.Name, quota)) is { } refused)
        {
            logger.CallsRefused(refused);
        }
    }

    private string? Count((string Account, string Quota) refusal)
    {
        lock (_gate)
        {
            _refused[refusal] = _refused.GetValueOrDefault(refusal) + 1;
            if (time.GetUtcNow() < _next)
            {
                return null;
            }

            var most = _refused.OrderByDescending(entry => entry.Value).Take(Named);
            var text = string.Join(", ", most.Select(entry => $"\"{entry.Key.Account}\" {entry.Key.Quota} {entry.Value}"));
            _refused.Clear();
            _next = time.GetUtcNow() + s_period;
            return text;
        }
    }
}
