using Crm.Accounts.V1;
using Microsoft.Extensions.Configuration;

namespace TagSegments.ServiceDefaults.Retention;

/// <summary>
/// How many days what is kept; 0 is for ever. Configuration under <c>Retention</c> sets the times of accounts that have none of their own, for
/// example <c>Retention:RequestDays</c>. Their meaning stands at <c>crm.accounts.v1.AccountRetention</c>.
/// </summary>
public sealed record RetentionDays
{
    /// <summary>The shortest time for answers.</summary>
    public const int LeastRequestDays = 7;

    /// <summary>The shortest time for addresses in the ledger.</summary>
    public const int LeastLedgerDays = 60;

    /// <summary>The shortest time for the audit trail: whoever administers an account cannot hide what was done while somebody may still ask.</summary>
    public const int LeastAuditDays = 90;

    /// <summary>Custom events.</summary>
    public int ActivityDays { get; init; }

    /// <summary>Values before changes.</summary>
    public int ChangeDays { get; init; }

    /// <summary>Answers to calls with a request id.</summary>
    public int RequestDays { get; init; } = 30;

    /// <summary>Histories of workflow runs.</summary>
    public int RunDays { get; init; }

    /// <summary>Addresses in the ledger.</summary>
    public int LedgerDays { get; init; }

    /// <summary>The audit trail of administrators.</summary>
    public int AuditDays { get; init; }

    /// <summary>Reads the times of the installation. Throws if one is shorter than an account may set: the database refuses to delete so early.</summary>
    public static RetentionDays From(IConfiguration configuration)
    {
        var times = configuration.GetSection("Retention").Get<RetentionDays>() ?? new();
        foreach (var (name, days, least) in times.Bounds())
        {
            if (days != 0 && days < least)
            {
                throw new InvalidOperationException($"Retention:{name} is {days}. Set 0, which is for ever, or at least {least} days.");
            }
        }

        return times;
    }

    /// <summary>Gets the times of an account: its own, and these where it has none.</summary>
    public RetentionDays With(AccountRetention own) => new()
    {
        ActivityDays = own.HasActivityDays ? own.ActivityDays : ActivityDays,
        ChangeDays = own.HasChangeDays ? own.ChangeDays : ChangeDays,
        RequestDays = own.HasRequestDays ? own.RequestDays : RequestDays,
        RunDays = own.HasRunDays ? own.RunDays : RunDays,
        LedgerDays = own.HasLedgerDays ? own.LedgerDays : LedgerDays,
        AuditDays = own.HasAuditDays ? own.AuditDays : AuditDays,
    };

    private IEnumerable<(string Name, int Days, int Least)> Bounds() =>
    [
        (nameof(ActivityDays), ActivityDays, 1),
        (nameof(ChangeDays), ChangeDays, 1),
        (nameof(RequestDays), RequestDays, LeastRequestDays),
        (nameof(RunDays), RunDays, 1),
        (nameof(LedgerDays), LedgerDays, LeastLedgerDays),
        (nameof(AuditDays), AuditDays, LeastAuditDays),
    ];
}
