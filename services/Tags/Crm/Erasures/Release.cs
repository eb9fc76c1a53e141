using Crm.Common.V1;
using Dapper;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Crm.Contacts;
using TagSegments.Tags.Crm.Opportunities;

namespace TagSegments.Tags.Crm.Erasures;

/// <summary>
/// Takes from an erased contact what it has, by the way of every change, so that indexes and feeds follow: its opportunities are deleted, its
/// tags removed, and its refusals become those of the contacts that share its address.
/// </summary>
internal sealed class Release(AccountTransaction transaction, KeptRefusals refusals, string actor, DateTimeOffset now, CancellationToken ct)
{
    private readonly ChangeCause _cause = new(Cause.Types.Kind.User, actor, SkipWorkflows: true);

    /// <summary>Takes everything from a contact.</summary>
    public async Task RunAsync(int contactId, ErasedPerson person)
    {
        const string opportunitySql = "SELECT opportunity_id FROM crm.opportunity WHERE account_id = @AccountId AND contact_id = @contactId";
        const string tagSql = """
            SELECT c.tag_id
            FROM tags.tag_chunk c
            JOIN tags.tag t USING (account_id, tag_id)
            WHERE c.account_id = @AccountId AND c.chunk = @contactId / 16384 AND get_bit(c.bits, @contactId % 16384) = 1 AND t.deleted_at IS NULL
            ORDER BY c.tag_id
            """;
        var opportunities = new OpportunityWrites(transaction, _cause, now, ct);
        foreach (var opportunityId in await NumbersAsync(opportunitySql, contactId))
        {
            await opportunities.DeleteAsync(opportunityId, 0);
        }

        foreach (var tagId in await NumbersAsync(tagSql, contactId))
        {
            await transaction.SetBitsAsync(tagId, [contactId], on: false, _cause, ct);
        }

        var contacts = new ContactWrites(transaction, _cause, now, ct);
        foreach (var sharing in person.Sharing)
        {
            await refusals.HoldAsync(contacts, await contacts.LockLivingAsync(sharing), ct);
        }
    }

    private async Task<List<int>> NumbersAsync(string sql, int contactId) => (await transaction.Connection.QueryAsync<int>(
        new CommandDefinition(sql, new { transaction.AccountId, contactId }, transaction.Transaction, cancellationToken: ct))).AsList();
}
