namespace TagSegments.Campaigns.Senders;

/// <summary>
/// Looks for the records that prove sender domains: when somebody asks, and once a day for the verified ones. A domain whose record has been
/// missing for a week, for whatever reason, counts no longer.
/// </summary>
internal sealed class SenderDomainChecks(
    SenderDomainStore domains, TxtLookup dns, SenderOptions options, TimeProvider time, ILogger<SenderDomainChecks> logger)
    : PollingService(options.CheckInterval < s_pause ? options.CheckInterval : s_pause, logger, workers: 4)
{
    private const int PerSecond = 1;
    private static readonly TimeSpan s_pause = TimeSpan.FromMinutes(1);
    private readonly AccountRate _rate = new(time);

    /// <summary>Throws RESOURCE_EXHAUSTED if an account asks for checks more often than once a second.</summary>
    public void RequireRate(int accountId)
    {
        if (_rate.Take(accountId, PerSecond) is var wait && wait > TimeSpan.Zero)
        {
            throw RpcErrors.QuotaExceeded("sender_domain_checks", PerSecond, "The account checks its domains more often than once a second.", wait);
        }
    }

    /// <summary>Checks a domain and returns it as it is then; null if it was removed meanwhile.</summary>
    public async Task<SenderDomainRow?> CheckAsync(SenderDomainRow domain, CancellationToken ct) =>
        await domains.RecordCheckAsync(domain, await FindProblemAsync(domain, ct), ct);

    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        if (await domains.TakeDueAsync(ct) is not { } due)
        {
            return false;
        }

        if (await CheckAsync(due, ct) is { VerifiedAt: null })
        {
            logger.SenderDomainLost(due.Domain, due.AccountId);
        }

        return true;
    }

    private async Task<string> FindProblemAsync(SenderDomainRow domain, CancellationToken ct)
    {
        try
        {
            var texts = await dns.FindAsync(domain.RecordName, ct);
            return texts.Any(text => text.Trim() == domain.RecordText) ? ""
                : texts.Count == 0 ? $"There is no TXT record {domain.RecordName}."
                : $"No TXT record {domain.RecordName} has the text {domain.RecordText}.";
        }
        catch (TxtLookupException e)
        {
            return $"The DNS gave no answer about {domain.RecordName}: {(e.Message.Length <= 200 ? e.Message : e.Message[..200])}";
        }
    }
}
