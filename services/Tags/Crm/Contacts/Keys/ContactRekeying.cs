using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Crm.Contacts.Keys;

/// <summary>
/// Makes the keys of addresses again where the rule has changed, in small steps that can be interrupted. What a former version stored is brought
/// up to date before the service answers its first call; a change of an account's country follows within seconds.
/// </summary>
internal sealed class ContactRekeying(
    RekeyingStore store, ClosedAccounts closed, AccountDirectory accounts, BackgroundTurns turns, CarriedRefusals refusals, ILogger<ContactRekeying> logger)
    : PollingService(TimeSpan.FromSeconds(1), logger)
{
    private static readonly ChangeCause s_cause = new(global::Crm.Common.V1.Cause.Types.Kind.User, "tagsegments", Detail: "keys of addresses", SkipWorkflows: true);

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var pending in await store.PendingAsync(firstRound: true, cancellationToken))
        {
            for (var next = pending; next is not null; next = await store.StepAsync(next, s_cause, null, cancellationToken))
            {
            }
        }

        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        var pending = (await store.PendingAsync(firstRound: false, ct)).Where(account => closed.MayWork(account.AccountId)).ToList();
        foreach (var account in pending)
        {
            var info = await accounts.GetAsync(account.Name, ct);
            for (var next = account; next is not null;)
            {
                var step = next;
                next = await turns.RunAsync(info, () => store.StepAsync(step, s_cause, refusals, ct), ct);
            }
        }

        return pending.Count > 0;
    }
}
