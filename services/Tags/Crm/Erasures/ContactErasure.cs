using TagSegments.Tags.Changes;
using TagSegments.Tags.Crm.Contacts;

namespace TagSegments.Tags.Crm.Erasures;

/// <summary>
/// Carries out erasures, the other services first: this one has what they must be told, the addresses, until they are done. Every step can be
/// repeated, so an erasure that was interrupted begins again.
/// </summary>
internal sealed class ContactErasure(
    AccountDatabase database, KeptRefusals refusals, KeptAnswers answers, ErasureElsewhere elsewhere, TimeProvider time)
{
    /// <summary>Erases a contact; false if something must end first, such as a message that is being sent.</summary>
    public async Task<bool> RunAsync(DueErasure erasure, CancellationToken ct)
    {
        var (accountId, contactId) = (erasure.AccountId, erasure.ContactId);
        var person = await ErasedPerson.ReadAsync(database, accountId, contactId, ct);
        if (!erasure.ForgetRefusals)
        {
            await KeepRefusalsAsync(accountId, erasure.Account, person, ct);
        }

        if (!await elsewhere.EraseAsync(erasure, person, ct))
        {
            return false;
        }

        await InTransactionAsync(
            accountId,
            transaction => new Release(transaction, refusals, erasure.Actor, time.GetUtcNow(), ct).RunAsync(contactId, person),
            ct);
        await answers.EraseAsync(accountId, contactId, [.. person.OwnAddresses.Select(address => address.Text)], ct);
        await InTransactionAsync(
            accountId,
            async transaction =>
            {
                await ErasedPerson.EraseAsync(transaction, contactId, ct);
                await ErasureStore.FinishAsync(transaction, contactId, ct);
            },
            ct);
        return true;
    }

    /// <summary>Erases an address that no contact has.</summary>
    public async Task RunAsync(AccountInfo account, PersonAddress address, bool forgetRefusals, CancellationToken ct)
    {
        var nobody = new ErasedPerson([address], [], []);
        if (!forgetRefusals)
        {
            await KeepRefusalsAsync(account.Id, account.Name, nobody, ct);
        }

        await elsewhere.EraseInCampaignsAsync(account.Name, 0, nobody, ct);
        await answers.EraseAsync(account.Id, 0, [address.Text], ct);
    }

    private async Task KeepRefusalsAsync(int accountId, string account, ErasedPerson person, CancellationToken ct)
    {
        List<PersonAddress> refused = [.. person.Refused, .. await elsewhere.SuppressedAsync(account, person, ct)];
        await InTransactionAsync(accountId, transaction => refusals.KeepAsync(transaction, refused, ct), ct);
    }

    private Task<bool> InTransactionAsync(int accountId, Func<AccountTransaction, Task> work, CancellationToken ct) => AccountTransaction.RunAsync(
        database,
        accountId,
        async transaction =>
        {
            await work(transaction);
            return true;
        },
        ct);
}
