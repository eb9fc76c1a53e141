using System.Globalization;
using Crm.Contacts.V1;
using Dapper;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Crm.Contacts;
using TagSegments.Tags.Crm.Opportunities;
using CauseKind = Crm.Common.V1.Cause.Types.Kind;
using State = Crm.Contacts.V1.Consent.Types.State;

namespace TagSegments.Tags.Crm.Merging;

/// <summary>Merges a duplicate into a contact inside an account's write transaction.</summary>
internal sealed class ContactMerge(AccountTransaction transaction, ContactWrites writes, ChangeCause cause, DateTimeOffset now, CancellationToken ct)
{
    /// <summary>Merges; the caller reads the final row of the contact afterwards.</summary>
    public async Task<(ContactRow Contact, List<int> AddedTagIds, int MovedOpportunities)> RunAsync(int contactId, int duplicateId)
    {
        // In order of their numbers, so that two merges of the same contacts wait for each other.
        var first = await writes.LockLivingAsync(Math.Min(contactId, duplicateId));
        var second = await writes.LockLivingAsync(Math.Max(contactId, duplicateId));
        var (kept, duplicate) = first.ContactId == contactId ? (first, second) : (second, first);

        // Deleted first: its external id is free for the other then.
        await writes.DeleteAsync(duplicateId, mergedInto: contactId);
        await writes.SetAsync(contactId, kept.ToState(), Fill(kept.ToState(), duplicate.ToState()));
        await MergeConsentAsync(kept, duplicate);
        var tagIds = await AddTagsAsync(contactId, duplicateId);
        var moved = await MoveOpportunitiesAsync(contactId, duplicateId);
        return (await writes.LockLivingAsync(contactId), tagIds, moved);
    }

    private static ContactState Fill(ContactState kept, ContactState duplicate)
    {
        var result = kept.Copy();
        foreach (var attribute in ContactAttribute.All)
        {
            result[attribute] ??= duplicate[attribute];
        }

        foreach (var (fieldId, value) in duplicate.Fields.All)
        {
            result.Fields[fieldId] ??= value;
        }

        result.DoNotDisturb |= duplicate.DoNotDisturb;
        return result;
    }

    // The stricter one counts: a contact that declined anywhere has declined; one that agreed anywhere has agreed unless it declined elsewhere.
    private async Task MergeConsentAsync(ContactRow kept, ContactRow duplicate)
    {
        foreach (var (mine, theirs) in kept.Consents().Zip(duplicate.Consents()))
        {
            if (theirs.State == State.Unsubscribed || (theirs.State == State.Subscribed && mine.State == State.Never))
            {
                await writes.SetConsentAsync(kept.ContactId, theirs);
            }
        }
    }

    private async Task<List<int>> AddTagsAsync(int contactId, int duplicateId)
    {
        const string sql = """
            SELECT c.tag_id
            FROM tags.tag_chunk c
            JOIN tags.tag t USING (account_id, tag_id)
            WHERE c.account_id = @AccountId AND c.chunk = @duplicateId / 16384 AND get_bit(c.bits, @duplicateId % 16384) = 1
                AND t.deleted_at IS NULL
            ORDER BY c.tag_id
            """;
        var tagIds = await transaction.Connection.QueryAsync<int>(new CommandDefinition(
            sql, new { transaction.AccountId, duplicateId }, transaction.Transaction, cancellationToken: ct));
        var added = new List<int>();
        foreach (var tagId in tagIds)
        {
            if ((await transaction.SetBitsAsync(tagId, [contactId], on: true, cause, ct)).Count > 0)
            {
                added.Add(tagId);
            }
        }

        return added;
    }

    private async Task<int> MoveOpportunitiesAsync(int contactId, int duplicateId)
    {
        const string sql = $"""
            SELECT {OpportunityRow.Columns}
            FROM crm.opportunity
            WHERE account_id = @AccountId AND contact_id = @duplicateId
            ORDER BY opportunity_id
            FOR UPDATE
            """;
        var rows = (await transaction.Connection.QueryAsync<OpportunityRow>(new CommandDefinition(
            sql, new { transaction.AccountId, duplicateId }, transaction.Transaction, cancellationToken: ct))).ToList();
        var moves = rows.ConvertAll(row => new OpportunityWrite(row.OpportunityId, row.Version, row.ToState())
        {
            State = row.ToState() with { ContactId = contactId },
        });
        await OpportunityBatches.UpdateAsync(transaction, moves, now, ct);
        moves.ForEach(move => OpportunityLog.Write(transaction, move.OpportunityId, move.Before, move.State, cause));
        return moves.Count;
    }

    /// <summary>The cause of everything that a merge does: no workflow starts by it.</summary>
    public static ChangeCause Cause(string actor, int contactId, int duplicateId) => new(
        CauseKind.Merge, actor, duplicateId.ToString(CultureInfo.InvariantCulture),
        string.Create(CultureInfo.InvariantCulture, $"into contact {contactId}"), SkipWorkflows: true);
}
