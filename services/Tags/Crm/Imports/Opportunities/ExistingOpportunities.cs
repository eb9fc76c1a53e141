using Dapper;
using TagSegments.Tags.Crm.Imports.Columns;
using TagSegments.Tags.Crm.Opportunities;

namespace TagSegments.Tags.Crm.Imports.Opportunities;

/// <summary>
/// The opportunities that rows are matched with. Of keys that several rows have it remembers, where the options need it, what was there before the import;
/// and a dry run, which writes none, the opportunities themselves.
/// </summary>
internal sealed class ExistingOpportunities(AccountDatabase database, ImportSettings settings, RowKeys keys)
{
    private readonly Dictionary<string, OpportunityWrite> _remembered = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OpportunityState?> _originals = new(StringComparer.Ordinal);

    /// <summary>Finds the opportunities of a batch, by key.</summary>
    public async Task<Dictionary<string, OpportunityWrite>> FindAsync(IReadOnlyList<OpportunityDraft> batch, CancellationToken ct)
    {
        var found = new Dictionary<string, OpportunityWrite>(StringComparer.Ordinal);
        var unknown = new HashSet<string>(StringComparer.Ordinal);
        foreach (var key in batch.Select(draft => draft.Key).OfType<string>())
        {
            if (_remembered.TryGetValue(key, out var target))
            {
                found[key] = target;
            }
            else
            {
                unknown.Add(key);
            }
        }

        foreach (var row in unknown.Count == 0 ? [] : await ReadAsync([.. unknown], ct))
        {
            var state = row.ToState();
            found.Add(row.ExternalId!, new(row.OpportunityId, row.Version, state) { Original = OriginalOf(row.ExternalId!, state) });
        }

        foreach (var key in unknown.Where(key => !found.ContainsKey(key)))
        {
            OriginalOf(key, null);
        }

        return found;
    }

    /// <summary>Remembers the opportunities of a batch for later rows with the same keys.</summary>
    public void Remember(IReadOnlyDictionary<string, OpportunityWrite> opportunities)
    {
        foreach (var (key, target) in opportunities.Where(opportunity => keys.IsRepeated(opportunity.Key)))
        {
            _remembered[key] = target;
        }
    }

    private OpportunityState? OriginalOf(string key, OpportunityState? state)
    {
        if (!keys.IsRepeated(key))
        {
            return state;
        }

        _originals.TryAdd(key, state);
        return _originals[key];
    }

    private async Task<IEnumerable<OpportunityRow>> ReadAsync(string[] keys, CancellationToken ct)
    {
        const string sql = $"""
            SELECT {OpportunityRow.Columns}
            FROM unnest(@keys) AS k (key)
            CROSS JOIN LATERAL (SELECT * FROM crm.opportunity WHERE account_id = @accountId AND external_id = k.key OFFSET 0) AS o
            """;
        await using var connection = await database.OpenAsync(settings.Account.Id, ct);
        return await connection.QueryAsync<OpportunityRow>(
            new CommandDefinition(sql, new { accountId = settings.Account.Id, keys }, cancellationToken: ct));
    }
}
