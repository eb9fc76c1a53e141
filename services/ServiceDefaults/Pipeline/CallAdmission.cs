using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Work;

namespace TagSegments.ServiceDefaults.Pipeline;

/// <summary>
/// Admits the unary calls of accounts. An account that comes near the limit of the process is refused before others are: it gets twice the
/// places that are left, for each unit of its weight (dynamic thresholds: Choudhury and Hahne, IEEE/ACM Transactions on Networking 6, 1998).
/// So one account alone gets two thirds of the places, and a place is left for the next account.
/// </summary>
internal sealed class CallAdmission(int maxCalls, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, int> _underWay = [];
    private readonly AccountRate _rate = new(time);
    private int _all;

    /// <summary>How many accounts have calls under way.</summary>
    public int BusyAccounts
    {
        get
        {
            lock (_gate)
            {
                return _underWay.Count;
            }
        }
    }

    /// <summary>
    /// Begins a call, or throws RESOURCE_EXHAUSTED. A call that a service makes for the account takes a place like others, but the account's own
    /// limits do not refuse it: the call that led to it was admitted already.
    /// </summary>
    public void Enter(AccountInfo account, bool fromService)
    {
        if (!fromService && _rate.Take(account.Id, account.Limits.CallsPerSecond) is { Ticks: > 0 } wait)
        {
            var perSecond = account.Limits.CallsPerSecond;
            throw RpcErrors.QuotaExceeded(
                "calls_per_second", perSecond, $"The account may make {perSecond} calls per second. Retry in a moment.", wait);
        }

        lock (_gate)
        {
            var own = _underWay.GetValueOrDefault(account.Id);
            if (!fromService && own >= account.Limits.ConcurrentCalls)
            {
                throw RpcErrors.QuotaExceeded(
                    "concurrent_calls", account.Limits.ConcurrentCalls, $"{own} calls of the account are under way already. Retry in a moment.", TimeSpan.FromSeconds(1));
            }

            if (own >= 2L * account.Limits.Weight * (maxCalls - _all))
            {
                throw RpcErrors.Create(
                    StatusCode.ResourceExhausted, ErrorReason.Overloaded, $"The service is near its limit of {maxCalls} concurrent calls. Retry in a moment.");
            }

            _underWay[account.Id] = own + 1;
            _all++;
        }
    }

    /// <summary>Ends a call that has begun.</summary>
    public void Leave(AccountInfo account)
    {
        lock (_gate)
        {
            _all--;
            if (--_underWay[account.Id] == 0)
            {
                _underWay.Remove(account.Id);
            }
        }
    }
}
